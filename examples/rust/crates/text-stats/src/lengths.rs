//! Lengths of words.

use text_core::Counter;

/// How long the words of a text are, in characters.
#[derive(Clone, Debug, Default)]
pub struct Lengths {
    counter: Counter<usize>,
}

impl Lengths {
    pub fn add(&mut self, word: &str) {
        self.counter.add(length_of(word));
    }

    pub fn mean(&self) -> f64 {
        let sum: u64 = self
            .counter
            .iter()
            .map(|(length, count)| *length as u64 * count)
            .sum();
        ratio(sum, self.counter.total())
    }

    pub fn median(&self) -> usize {
        let middle = self.counter.total().div_ceil(2);
        let mut seen = 0;
        self.counter
            .iter()
            .find(|(_, count)| {
                seen += count;
                seen >= middle
            })
            .map_or(0, |(length, _)| *length)
    }

    pub fn longest(&self) -> usize {
        self.counter
            .iter()
            .map(|(length, _)| *length)
            .max()
            .unwrap_or(0)
    }

    /// Each length that occurs, and how often.
    pub fn histogram(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.counter.iter().map(|(length, count)| (*length, count))
    }
}

/// Characters, not bytes.
pub fn length_of(word: &str) -> usize {
    word.chars().count()
}

/// A share, or 0 of nothing.
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_median() {
        let mut lengths = Lengths::default();
        for word in ["a", "to", "äöü", "four"] {
            lengths.add(word);
        }
        assert_eq!(lengths.mean(), 2.5);
        assert_eq!(lengths.median(), 2);
        assert_eq!(lengths.longest(), 4);
        assert_eq!(lengths.histogram().count(), 4);
    }

    #[test]
    fn nothing_has_no_length() {
        assert_eq!(Lengths::default().mean(), 0.0);
        assert_eq!(Lengths::default().median(), 0);
    }
}
