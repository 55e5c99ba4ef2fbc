//! What a text consists of: words, their classes, and counters over anything.

pub mod classes;
pub mod counter;
pub mod fingerprint;
pub mod words;

pub use classes::{classify, WordClass};
pub use counter::Counter;
pub use words::{words, Word};
