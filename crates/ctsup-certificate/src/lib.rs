//! Checks a certificate bundle and its key against the guide's requirements.
