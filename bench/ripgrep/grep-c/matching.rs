//! Counts matches in memory.

use grep::regex::{RegexMatcher, RegexMatcherBuilder};
use grep::searcher::{Searcher, SearcherBuilder, Sink, SinkMatch};

use crate::Failure;

/// Counts lines.
#[derive(Default)]
pub struct Counter {
    pub lines: u64,
    pub bytes: u64,
}

impl Sink for Counter {
    type Error = std::io::Error;

    fn matched(&mut self, _: &Searcher, found: &SinkMatch<'_>) -> Result<bool, std::io::Error> {
        self.lines += found.lines().count() as u64;
        self.bytes += found.bytes().len() as u64;
        Ok(true)
    }
}

pub fn matcher(pattern: &str) -> Result<RegexMatcher, Failure> {
    RegexMatcherBuilder::new()
        .case_smart(true)
        .multi_line(true)
        .line_terminator(Some(b'\n'))
        .build(pattern)
        .map_err(Failure::Pattern)
}

pub fn searcher() -> Searcher {
    SearcherBuilder::new().line_number(false).build()
}

pub fn count(pattern: &str, bytes: &[u8]) -> Result<u64, Failure> {
    let mut counter = Counter::default();
    searcher().search_slice(matcher(pattern)?, bytes, &mut counter).map_err(Failure::Input)?;
    Ok(counter.lines)
}
