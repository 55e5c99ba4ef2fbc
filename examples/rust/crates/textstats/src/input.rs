//! Reads files, or standard input where none is named.

use std::io::Read;

pub fn read(files: &[String]) -> Result<String, String> {
    if files.is_empty() {
        return read_all("standard input", std::io::stdin().lock());
    }
    let mut text = String::new();
    for file in files {
        let opened = std::fs::File::open(file).map_err(|error| format!("{file}: {error}"))?;
        text += &read_all(file, opened)?;
        text.push('\n');
    }
    Ok(text)
}

/// Generic over where the text comes from.
fn read_all(name: &str, mut source: impl Read) -> Result<String, String> {
    let mut bytes = Vec::new();
    source
        .read_to_end(&mut bytes)
        .map_err(|error| format!("{name}: {error}"))?;
    String::from_utf8(bytes).map_err(|error| format!("{name}: {error}"))
}
