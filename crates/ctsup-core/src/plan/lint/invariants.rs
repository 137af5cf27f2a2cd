//! The invariants of correct plans, 1 to 35: where each is kept, and the test that proves it bites.

use super::Rule;
