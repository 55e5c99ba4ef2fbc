//! Tells words of content from the words that hold a sentence together.

/// What a word does in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WordClass {
    Article,
    Conjunction,
    Preposition,
    Pronoun,
    Auxiliary,
    Number,
    Content,
}

impl WordClass {
    pub const ALL: [WordClass; 7] = [
        WordClass::Article,
        WordClass::Conjunction,
        WordClass::Preposition,
        WordClass::Pronoun,
        WordClass::Auxiliary,
        WordClass::Number,
        WordClass::Content,
    ];

    pub fn name(self) -> &'static str {
        match self {
            WordClass::Article => "articles",
            WordClass::Conjunction => "conjunctions",
            WordClass::Preposition => "prepositions",
            WordClass::Pronoun => "pronouns",
            WordClass::Auxiliary => "auxiliaries",
            WordClass::Number => "numbers",
            WordClass::Content => "content words",
        }
    }
}

/// Finds the class of a word in lower case.
///
/// One comparison per word makes this function too large for LTO to import: it stays in this crate, and the others call it.
pub fn classify(word: &str) -> WordClass {
    match word {
        "a" | "an" | "the" => WordClass::Article,
        "and" | "or" | "but" | "nor" | "so" | "yet" | "for" | "because" | "although" | "while"
        | "if" | "unless" | "until" | "since" | "whereas" | "whether" => WordClass::Conjunction,
        "of" | "in" | "on" | "at" | "by" | "to" | "from" | "with" | "without" | "into" | "onto"
        | "over" | "under" | "between" | "among" | "through" | "during" | "before" | "after"
        | "above" | "below" | "about" | "against" | "along" | "around" | "behind" | "beside"
        | "beyond" | "despite" | "except" | "inside" | "near" | "outside" | "toward" | "upon"
        | "within" => WordClass::Preposition,
        "i" | "me" | "my" | "mine" | "you" | "your" | "yours" | "he" | "him" | "his" | "she"
        | "her" | "hers" | "it" | "its" | "we" | "us" | "our" | "ours" | "they" | "them"
        | "their" | "theirs" | "this" | "that" | "these" | "those" | "who" | "whom" | "whose"
        | "which" | "what" => WordClass::Pronoun,
        "am" | "is" | "are" | "was" | "were" | "be" | "been" | "being" | "have" | "has" | "had"
        | "do" | "does" | "did" | "will" | "would" | "shall" | "should" | "can" | "could"
        | "may" | "might" | "must" => WordClass::Auxiliary,
        _ if word.bytes().all(|byte| byte.is_ascii_digit()) => WordClass::Number,
        _ => WordClass::Content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_each_class() {
        let samples = ["the", "and", "of", "they", "was", "42", "house"];
        let classes: Vec<_> = samples.into_iter().map(classify).collect();
        assert_eq!(classes, WordClass::ALL);
    }

    #[test]
    fn names_are_different() {
        let mut names = WordClass::ALL.map(WordClass::name).to_vec();
        names.dedup();
        assert_eq!(names.len(), WordClass::ALL.len());
    }
}
