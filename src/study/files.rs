//! The files of a study: each is read once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::diagnostic::Diagnostic;

/// A study file larger than this many bytes is refused.
pub const LARGEST: u64 = 8 * 1024 * 1024;

/// The files that were read for a study. Its copies share them, so that every file is read once.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// By the names that the study gives them.
    pub(super) found: Arc<Mutex<BTreeMap<String, Found>>>,
    /// Whether no others are read: those of a recorded run are all that there are.
    pub(super) are_all: bool,
}

/// The bytes of a file, or why there are none.
pub(super) type Found = Result<Arc<[u8]>, Diagnostic>;

pub(super) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission is denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        // Without the system's number of the error.
        _ => error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase(),
    }
}
