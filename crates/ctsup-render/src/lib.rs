//! Renders plans and diagnostics, in Russian and English.
