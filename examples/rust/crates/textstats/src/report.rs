//! What is printed.

use text_core::fingerprint::START;
use text_core::WordClass;
use text_stats::lengths::ratio;
use text_stats::Summary;

use crate::bars::bar;

text_core::fold_function!();

pub fn overview(summary: &Summary) -> String {
    let rows = [
        ("lines", summary.lines.to_string()),
        ("sentences", summary.sentences.to_string()),
        ("words", summary.words.total().to_string()),
        ("different words", summary.words.distinct().to_string()),
        ("variety", format!("{:.2}", summary.variety())),
        ("mean length", format!("{:.2}", summary.lengths.mean())),
        ("median length", summary.lengths.median().to_string()),
        ("longest word", summary.lengths.longest().to_string()),
        ("reading ease", format!("{:.1}", summary.reading_ease())),
    ];
    let table: String = rows.iter().map(|(name, value)| row(name, value)).collect();
    let seal = table.bytes().fold(summary.fingerprint() ^ START, fold);
    table + &row("fingerprint", &format!("{seal:016x}"))
}

pub fn classes(summary: &Summary) -> String {
    WordClass::ALL
        .iter()
        .map(|class| row(class.name(), &bar(summary.share(*class))))
        .collect()
}

pub fn top(summary: &Summary, limit: usize) -> String {
    let frequent = summary.words.most_frequent(limit);
    frequent
        .iter()
        .map(|(word, count)| row(word, &count.to_string()))
        .collect()
}

pub fn histogram(summary: &Summary) -> String {
    let total = summary.words.total();
    let rows = summary.lengths.histogram();
    rows.map(|(length, count)| row(&format!("{length} letters"), &bar(ratio(count, total))))
        .collect()
}

fn row(name: &str, value: &str) -> String {
    format!("{name:<16} {value}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_every_class() {
        let summary = Summary::of("The cat sat on the mat.");
        assert_eq!(classes(&summary).lines().count(), WordClass::ALL.len());
        assert!(overview(&summary).contains("different words  5"));
        assert!(top(&summary, 1).starts_with("the"));
        assert_eq!(histogram(&summary).lines().count(), 2);
    }
}
