//! Plans upgrades of eXpress CTS installations: topology and facts in, a proven, cited plan out.

pub mod guide;
