//! All figures of one text.

use text_core::fingerprint::START;
use text_core::words::normalized;
use text_core::{classify, words, Counter, WordClass};

use crate::lengths::{ratio, Lengths};
use crate::readability::{reading_ease, sentences, syllables};

text_core::fold_function!();

#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub lines: usize,
    pub sentences: u64,
    pub syllables: u64,
    pub words: Counter<String>,
    pub lengths: Lengths,
    classes: Counter<WordClass>,
}

impl Summary {
    pub fn of(text: &str) -> Self {
        let mut summary = Summary {
            lines: text.lines().count(),
            sentences: sentences(text),
            ..Summary::default()
        };
        for word in words(text) {
            summary.add(word.text);
        }
        summary
    }

    fn add(&mut self, word: &str) {
        let word = normalized(word);
        self.syllables += syllables(&word);
        self.lengths.add(&word);
        self.classes.add(classify(&word));
        self.words.add(word);
    }

    /// The share of a class of words, from 0 to 1.
    pub fn share(&self, class: WordClass) -> f64 {
        ratio(self.classes.count(&class), self.classes.total())
    }

    /// Different words among all words, from 0 to 1.
    pub fn variety(&self) -> f64 {
        ratio(self.words.distinct() as u64, self.words.total())
    }

    /// Two texts with the same words in the same numbers have the same fingerprint.
    pub fn fingerprint(&self) -> u64 {
        let bytes = self
            .words
            .iter()
            .flat_map(|(word, count)| word.bytes().chain(count.to_le_bytes()));
        bytes.fold(START, fold)
    }

    pub fn reading_ease(&self) -> f64 {
        reading_ease(self.words.total(), self.sentences, self.syllables)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_up_a_text() {
        let summary = Summary::of("The cat saw the dog.\nThe dog ran.");
        assert_eq!(summary.lines, 2);
        assert_eq!(summary.sentences, 2);
        assert_eq!(summary.words.total(), 8);
        assert_eq!(summary.words.count(&"the".to_string()), 3);
        assert_eq!(summary.share(WordClass::Article), 0.375);
        assert_eq!(summary.variety(), 0.625);
        assert_eq!(
            summary.fingerprint(),
            Summary::of("the the the dog dog ran saw cat").fingerprint()
        );
    }
}
