//! Prints figures about a text: `textstats [--top N] [--histogram] [FILE…]`.

#![cfg_attr(feature = "linkonce", feature(linkage))]

mod arguments;
mod bars;
mod input;
mod report;

use std::process::ExitCode;

use arguments::Arguments;
use text_stats::Summary;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("textstats: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let text = input::read(&arguments.files)?;
    let summary = Summary::of(&text);
    print!("{}", report::overview(&summary));
    print!("{}", report::classes(&summary));
    print!("{}", report::top(&summary, arguments.top));
    if arguments.histogram {
        print!("{}", report::histogram(&summary));
    }
    Ok(())
}
