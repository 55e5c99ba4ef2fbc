//! How long a summary of a large text takes. A plain program (`harness = false`), so that it needs nothing besides std.

use std::hint::black_box;
use std::time::Instant;

use text_stats::Summary;

fn main() {
    let text =
        "The quick brown fox jumps over the lazy dog. Who would have thought it?\n".repeat(2_000);
    let start = Instant::now();
    let summary = Summary::of(black_box(&text));
    println!("{} words in {:?}", summary.words.total(), start.elapsed());
}
