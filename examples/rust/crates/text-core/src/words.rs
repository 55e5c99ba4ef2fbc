//! Cuts text into words.

/// A word, and the line it stands on (counted from 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'text> {
    pub text: &'text str,
    pub line: usize,
}

/// All words of a text, in order. A word is a run of letters, digits and apostrophes inside of it.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    text.lines().enumerate().flat_map(|(index, line)| {
        line.split(|character: char| !is_word_character(character))
            .map(trim_apostrophes)
            .filter(|word| !word.is_empty())
            .map(move |text| Word {
                text,
                line: index + 1,
            })
    })
}

/// Small and not generic: LTO copies it into the crates that call it.
pub fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || character == '\''
}

/// `'tis` → `tis`, `don't` stays.
pub fn trim_apostrophes(word: &str) -> &str {
    word.trim_matches('\'')
}

/// The form under which words are counted.
pub fn normalized(word: &str) -> String {
    word.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_their_line() {
        let found: Vec<_> = words("one two\n\n'three'").collect();
        assert_eq!(found.len(), 3);
        assert_eq!(
            found[2],
            Word {
                text: "three",
                line: 3
            }
        );
    }

    #[test]
    fn an_apostrophe_inside_belongs_to_the_word() {
        assert_eq!(words("don't").next().map(|word| word.text), Some("don't"));
    }

    #[test]
    fn case_does_not_count() {
        assert_eq!(normalized("ÄRger"), "ärger");
    }
}
