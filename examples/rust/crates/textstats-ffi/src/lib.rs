//! Figures about a text for programs in C, as a shared library. Its exports are what LTO has to keep.

use std::ffi::{c_char, CStr};

use text_stats::Summary;

/// What C sees of a summary.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TextFigures {
    pub lines: u64,
    pub words: u64,
    pub different_words: u64,
    pub reading_ease: f64,
}

/// Sums up a text; all zero when it is null or not UTF-8.
///
/// # Safety
///
/// `text` is null or ends with a zero byte.
#[no_mangle]
pub unsafe extern "C" fn textstats_figures(text: *const c_char) -> TextFigures {
    if text.is_null() {
        return TextFigures::default();
    }
    let bytes = unsafe { CStr::from_ptr(text) };
    bytes.to_str().map(figures).unwrap_or_default()
}

/// The version of this interface.
#[no_mangle]
pub extern "C" fn textstats_version() -> u32 {
    text_stats::FORMAT_VERSION
}

fn figures(text: &str) -> TextFigures {
    let summary = Summary::of(text);
    TextFigures {
        lines: summary.lines as u64,
        words: summary.words.total(),
        different_words: summary.words.distinct() as u64,
        reading_ease: summary.reading_ease(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_for_c() {
        let figures = unsafe { textstats_figures(c"a b a".as_ptr()) };
        assert_eq!(
            (figures.lines, figures.words, figures.different_words),
            (1, 3, 2)
        );
        assert_eq!(
            unsafe { textstats_figures(std::ptr::null()) },
            TextFigures::default()
        );
    }
}
