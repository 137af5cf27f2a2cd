//! Windows that must not be left open: between a move to old containers and their stop.

use crate::plan::{StepId, WarningCode};

use super::Run;

impl Run {
    /// Whether a step that opens such a window has begun and the one that closes it is not done
    /// (invariant 31): no planned stop lies there.
    #[must_use]
    pub fn in_window(&self) -> bool {
        self.windows().any(|(opens, closes)| {
            let (opens, closes) = (&self.steps[opens], &self.steps[closes]);
            (opens.in_flight() || opens.touched || opens.is_done()) && !closes.is_done()
        })
    }

    /// The step that closes the window in which a step lies, where it lies in one and does not close it
    /// itself.
    #[must_use]
    pub fn window_end(&self, id: &StepId) -> Option<&StepId> {
        let place = *self.places.get(id)?;
        let (_, closes) =
            self.windows().find(|(opens, closes)| (*opens..*closes).contains(&place))?;
        Some(&self.plan.steps[closes].id)
    }

    /// The windows of the plan, by the places of the steps that open and close them.
    pub(super) fn windows(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.plan.warnings.iter().filter_map(|warning| {
            if warning.code != WarningCode::OldContainersWindow {
                return None;
            }
            let place = |id: &Option<_>| id.as_ref().and_then(|id| self.places.get(id)).copied();
            Some((place(&warning.step)?, place(&warning.until)?))
        })
    }
}
