//! The command line.

#[derive(Debug, PartialEq, Eq)]
pub struct Arguments {
    pub files: Vec<String>,
    /// How many of the most frequent words are printed.
    pub top: usize,
    pub histogram: bool,
}

impl Arguments {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Arguments {
            files: Vec::new(),
            top: 5,
            histogram: false,
        };
        while let Some(word) = words.next() {
            match word.as_str() {
                "--histogram" => arguments.histogram = true,
                "--top" => arguments.top = number(words.next())?,
                option if option.starts_with("--") => {
                    return Err(format!("unknown option {option}"))
                }
                _ => arguments.files.push(word),
            }
        }
        Ok(arguments)
    }
}

fn number(word: Option<String>) -> Result<usize, String> {
    let word = word.ok_or("--top needs a number")?;
    word.parse().map_err(|_| format!("{word} is not a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Arguments, String> {
        Arguments::parse(words.iter().map(|word| word.to_string()))
    }

    #[test]
    fn reads_options_and_files() {
        let arguments = parse(&["--top", "3", "a.txt", "--histogram"]).unwrap();
        assert_eq!(
            arguments,
            Arguments {
                files: vec!["a.txt".into()],
                top: 3,
                histogram: true
            }
        );
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(parse(&["--what"]).is_err());
        assert!(parse(&["--top", "many"]).is_err());
    }
}
