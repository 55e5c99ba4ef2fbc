//! How easily a text reads.

use crate::lengths::ratio;

/// Flesch's reading ease from counts: about 100 is very easy, below 30 very hard.
pub fn reading_ease(words: u64, sentences: u64, syllables: u64) -> f64 {
    206.835 - 1.015 * ratio(words, sentences) - 84.6 * ratio(syllables, words)
}

/// Sentences end with a full stop, a question mark or an exclamation mark; a text without any is one sentence.
pub fn sentences(text: &str) -> u64 {
    let ends = text
        .split(['.', '?', '!'])
        .filter(|part| part.chars().any(char::is_alphanumeric));
    (ends.count() as u64).max(1)
}

/// Groups of vowels: near enough to syllables in English.
pub fn syllables(word: &str) -> u64 {
    let mut groups = 0;
    let mut in_group = false;
    for character in word.chars() {
        let vowel = is_vowel(character);
        if vowel && !in_group {
            groups += 1;
        }
        in_group = vowel;
    }
    groups.max(1)
}

fn is_vowel(character: char) -> bool {
    matches!(
        character.to_ascii_lowercase(),
        'a' | 'e' | 'i' | 'o' | 'u' | 'y'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_syllables() {
        assert_eq!(syllables("reading"), 2);
        assert_eq!(syllables("Queue"), 1);
        assert_eq!(syllables("psst"), 1);
    }

    #[test]
    fn counts_sentences() {
        assert_eq!(sentences("One. Two? Three!"), 3);
        assert_eq!(sentences("no end"), 1);
    }

    #[test]
    fn short_sentences_read_easily() {
        assert!(reading_ease(6, 2, 6) > reading_ease(40, 1, 80));
    }
}
