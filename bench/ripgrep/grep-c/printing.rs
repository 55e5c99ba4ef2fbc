//! Prints what matches.

use std::path::Path;

use grep::cli::stdout_buffered_block;
use grep::printer::StandardBuilder;
use termcolor::ColorChoice;

use crate::matching::{matcher, searcher};
use crate::Failure;

pub fn print(pattern: &str, file: &Path) -> Result<u64, Failure> {
    let matcher = matcher(pattern)?;
    let mut printer = StandardBuilder::new()
        .stats(true)
        .trim_ascii(true)
        .max_columns(Some(200))
        .build(stdout_buffered_block(ColorChoice::Auto));
    let mut sink = printer.sink_with_path(&matcher, file);
    searcher().search_path(&matcher, file, &mut sink).map_err(Failure::Input)?;
    Ok(sink.stats().map_or(0, |stats| stats.bytes_printed()))
}
