//! Counts matches in files, in parallel, leaving out what `.gitignore` names.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::matching::{matcher, searcher, Counter};
use crate::Failure;

fn is_searched(entry: &DirEntry) -> bool {
    entry.depth() < 64 && entry.file_type().map_or(false, |kind| kind.is_file())
}

pub fn count(pattern: &str, folder: &Path) -> Result<u64, Failure> {
    let matcher = matcher(pattern)?;
    let lines = AtomicU64::new(0);
    WalkBuilder::new(folder).threads(2).build_parallel().run(|| {
        let mut searcher = searcher();
        let (matcher, lines) = (&matcher, &lines);
        Box::new(move |entry| {
            let entry = match entry {
                Ok(entry) if is_searched(&entry) => entry,
                _ => return WalkState::Continue,
            };
            let mut counter = Counter::default();
            if searcher.search_path(matcher, entry.path(), &mut counter).is_ok() {
                lines.fetch_add(counter.lines, Ordering::Relaxed);
            }
            WalkState::Continue
        })
    });
    Ok(lines.into_inner())
}
