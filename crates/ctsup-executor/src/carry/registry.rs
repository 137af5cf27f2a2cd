//! The tags of a registry (REG.1.3), read page by page where its node reaches it. Whether the wanted
//! tags are among them a person says: tags of images tell no release (A24).

use std::collections::BTreeSet;
use std::time::Duration;

use ctsup_core::reader::ReadError;
use ctsup_core::reader::registry::{
    Answer, Code, Tags, is_login_failure, newest, page_after, read_tags,
};

use ctsup_core::run::NotLooked;

use super::{Carried, Hand};
use crate::clock::Clock;
use crate::transport::{Look, Password, Transport, quoted};

/// How long a registry may take for one page.
const PAGE: Duration = Duration::from_secs(30);
/// Tags of one service that a person is shown.
const SHOWN: usize = 6;
/// Pages of one service's tags: more than any registry of images has.
const PAGES: usize = 200;
/// How often a person may type a password anew.
const TYPED: u32 = 3;

/// Why there is no list of tags.
enum NoTags {
    /// No login, or a wrong one.
    Login(String),
    /// No connection.
    Silent(String),
    /// Something that no registry answers.
    Odd(String),
}

/// A registry, and who asks it.
struct Asked<'a> {
    url: &'a str,
    user: Option<&'a str>,
    password: Option<Password>,
}

impl<T: Transport, C: Clock> Hand<'_, T, C> {
    pub(super) async fn see_tags(
        &self,
        services: &[String],
        url: &str,
        user: Option<&str>,
    ) -> Carried<()> {
        let mut asked = Asked { url, user, password: None };
        if let Some(user) = user {
            asked.password = self.way.registry_password(user, url, false).await;
            if asked.password.is_none() {
                // Nobody can type it here: a person asks the registry, and says what it answered.
                return self.left_to_person(NotLooked::Password).await;
            }
        }
        let (mut lines, mut refused) = (Vec::new(), 0);
        for service in services {
            let tags = loop {
                let why = match self.tags_of(&asked, service).await? {
                    Ok(tags) => break tags,
                    Err(why) => why,
                };
                if let (NoTags::Login(_), Some(user)) = (&why, user)
                    && refused < TYPED
                {
                    refused += 1;
                    let typed = self.way.registry_password(user, url, true).await;
                    if let Some(password) = typed {
                        asked.password = Some(password);
                        continue;
                    }
                }
                let (reason, seen) = match &why {
                    NoTags::Login(seen) => ("registry-login", seen),
                    NoTags::Silent(seen) => ("registry-silent", seen),
                    NoTags::Odd(seen) => ("registry-odd", seen),
                };
                return self.fail(reason, None, &format!("{service}: {seen}")).await;
            };
            lines.push(match tags {
                Some(tags) => format!("{service}: {}", shown(&tags)),
                None => format!("{service}: NAME_UNKNOWN"),
            });
            self.seen(&lines.join("\n"));
        }
        self.ask_to_judge(&lines.join("\n")).await
    }

    /// All tags of a service; none where the registry does not know the name.
    async fn tags_of(
        &self,
        asked: &Asked<'_>,
        service: &str,
    ) -> Carried<Result<Option<Tags>, NoTags>> {
        let mut all: Option<Tags> = None;
        let mut page = format!("{}/v2/{service}/tags/list", asked.url);
        let mut seen = BTreeSet::new();
        let until = self.until(self.limit(900));
        loop {
            // A registry that leads in a circle, or always further, would never end.
            if seen.len() >= PAGES || self.past(until) || !seen.insert(page.clone()) {
                return Ok(Err(NoTags::Odd(format!("Link: {page}"))));
            }
            let (tags, next) = match self.page(asked, &page).await? {
                Ok(read) => read,
                Err(why) => return Ok(Err(why)),
            };
            match (&mut all, tags) {
                (Some(all), Some(tags)) => all.tags.extend(tags.tags),
                (None, Some(tags)) => all = Some(tags),
                // A page of a list that there is not any more.
                (Some(_), None) => return Ok(Err(NoTags::Odd(page))),
                (None, None) => return Ok(Ok(None)),
            }
            match next {
                Some(next) => page = next,
                None => return Ok(Ok(all)),
            }
        }
    }

    /// One page of tags, and where the next one is.
    async fn page(
        &self,
        asked: &Asked<'_>,
        page: &str,
    ) -> Carried<Result<(Option<Tags>, Option<String>), NoTags>> {
        // Neither globs nor redirects: a password goes where the plan says and nowhere else.
        let login = if asked.password.is_some() { " -K -" } else { "" };
        let limit = PAGE.as_secs();
        let script = format!("curl -s -S -g -i -m {limit}{login} {}", quoted(page));
        let secret = asked.password.as_ref().zip(asked.user);
        let look = Look::new(script, PAGE + Duration::from_secs(5))
            .reading(secret.map(|(password, user)| password.for_curl(user)));
        let answer = match self.look_at(self.node()?, &look).await? {
            Ok(answer) => answer,
            Err(failure) => return Ok(Err(NoTags::Silent(failure.seen()))),
        };
        if answer.code != 0 {
            let seen = format!("{page}: exit {}: {}", answer.code, answer.err_text().trim());
            return Ok(Err(NoTags::Silent(seen)));
        }
        Ok(read(&answer.out_text(), asked.url, page))
    }
}

/// What a page says.
fn read(text: &str, url: &str, page: &str) -> Result<(Option<Tags>, Option<String>), NoTags> {
    let odd = |why: &dyn std::fmt::Display| NoTags::Odd(format!("{page}: {why}"));
    let answer = Answer::read(text).map_err(|error| odd(&error))?;
    let status = answer.status;
    match (status, read_tags(answer.body)) {
        (401 | 403, _) => Err(NoTags::Login(format!("{page}: HTTP {status}"))),
        (_, Err(_)) if is_login_failure(answer.body) => {
            Err(NoTags::Login(format!("{page}: {}", answer.body.trim())))
        }
        (_, Err(ReadError::Refused { codes })) if codes == [Code::NameUnknown] => Ok((None, None)),
        (200, Ok(tags)) => match answer.next_page() {
            None => Ok((Some(tags), None)),
            Some(link) => match page_after(url, link) {
                Some(next) => Ok((Some(tags), Some(next))),
                None => Err(odd(&format!("Link: {link}"))),
            },
        },
        (200, Err(error)) => Err(odd(&error)),
        _ => Err(odd(&format!("HTTP {status}"))),
    }
}

/// The tags with the highest numbers, and how many more there are.
fn shown(tags: &Tags) -> String {
    let sorted = newest(&tags.tags);
    let more = sorted.len().saturating_sub(SHOWN);
    let mut text = sorted.into_iter().take(SHOWN).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text.push_str(&format!(", … +{more}"));
    }
    if text.is_empty() { "-".to_owned() } else { text }
}
