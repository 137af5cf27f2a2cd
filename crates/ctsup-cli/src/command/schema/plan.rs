//! The schema of a plan saved as JSON.

use serde_json::{Value, json};

/// The schema.
pub(super) fn schema() -> Value {
    json!({})
}
