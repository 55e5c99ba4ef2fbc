//! Runs the program itself.

use std::io::Write;
use std::process::{Command, Stdio};

fn textstats(arguments: &[&str], text: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_textstats"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(text.as_bytes())
        .expect("the text is read");
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn counts_words_from_standard_input() {
    let report = textstats(&["--top", "1"], "To be, or not to be.");
    assert!(report.contains("words            6\n"), "{report}");
    assert!(report.ends_with("be               2\n"), "{report}");
}

#[test]
fn draws_a_histogram() {
    assert!(textstats(&["--histogram"], "a bb bb").contains("2 letters"));
}
