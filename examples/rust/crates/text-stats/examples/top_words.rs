//! Prints the most frequent words of a text given as arguments.

use text_stats::Summary;

fn main() {
    let text = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    for (word, count) in Summary::of(&text).words.most_frequent(5) {
        println!("{count:>4} {word}");
    }
}
