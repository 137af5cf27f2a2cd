//! The head of the text: what the plan is, how long it takes, when users are cut off.

use super::Text;
use crate::outline::{is_danger, ranges};
use crate::style::Role;

impl Text<'_> {
    pub(super) fn head(&mut self) {
        let plan = self.outline.plan;
        let heading = self.phrases.heading();
        self.page.painted(0, Role::Heading, &heading);
        if plan.is_empty() {
            self.page.blank();
            let nothing = self.say("nothing-to-do");
            self.page.paragraph(0, &nothing);
        } else {
            let length = self.phrases.length();
            let expected = self.phrases.words.say("expected", &[("span", length.into())]);
            self.page.paragraph(0, &format!("{}; {expected}", self.phrases.size()));
            if let Some(why) = self.phrases.installed_already() {
                self.page.paragraph(0, &why);
            }
        }
        let digest = short(&plan.digest);
        let digest = self.phrases.words.say("digest-short", &[("digest", digest.into())]);
        self.page.painted(0, Role::Faint, &digest);
        self.outages();
        for warning in self.outline.general() {
            self.page.blank();
            self.hazard(0, warning);
        }
        self.dangers();
        let assumed = self.phrases.assumed().len();
        if assumed > 0 && !plan.is_empty() {
            self.page.blank();
            let look = self.phrases.count("look-first", assumed);
            self.page.painted(0, Role::Care, &look);
        }
    }

    /// Where the dangerous places are; what they are stands there.
    fn dangers(&mut self) {
        let plan = self.outline.plan;
        let steps = plan.warnings.iter().filter(|warning| is_danger(warning.code));
        let steps = steps.filter_map(|warning| warning.step.as_ref());
        let point = plan.point_of_no_return.iter().map(|point| &point.step);
        let mut numbers: Vec<_> =
            steps.chain(point).filter_map(|id| self.outline.number(id)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if !plan.is_empty() {
            self.page.blank();
        }
        if !numbers.is_empty() {
            let args = [("steps", ranges(&numbers).into()), ("count", numbers.len().into())];
            let said = self.phrases.words.say("dangers-at", &args);
            self.page.painted(0, Role::Care, &said);
        }
        if !plan.is_empty() {
            let more = self.say("text-more");
            self.page.paragraph(0, &more);
        }
    }

    fn outages(&mut self) {
        let outages = self.outline.outages();
        if outages.is_empty() {
            return;
        }
        self.page.blank();
        let title = self.say("outages");
        self.page.painted(0, Role::Heading, &title);
        for stretch in outages {
            let line = self.phrases.outage(&self.outline, &stretch);
            self.page.item(2, "\u{2022}", &line);
        }
    }
}

/// As much of a digest as people compare by eye.
fn short(digest: &str) -> &str {
    digest.get(..digest.find(':').map_or(12, |at| at + 13)).unwrap_or(digest)
}
