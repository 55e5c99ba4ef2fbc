//! Figures about a text: frequencies, lengths, and how easily it reads.

#![cfg_attr(feature = "linkonce", feature(linkage))]

pub mod lengths;
pub mod readability;
pub mod summary;

pub use lengths::Lengths;
pub use summary::Summary;

/// Tells a debugger or a core dump which version of the figures is inside: nothing refers to it, `#[used]` keeps it.
#[used]
pub static FORMAT_VERSION: u32 = 1;
