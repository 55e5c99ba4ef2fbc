//! Counts words for programs in C, as a static library.

use std::slice;

use text_stats::Summary;

/// The number of words among `length` bytes; 0 when they are not UTF-8.
///
/// # Safety
///
/// `bytes` points to `length` bytes that can be read, or `length` is 0.
#[no_mangle]
pub unsafe extern "C" fn textstats_count_words(bytes: *const u8, length: usize) -> u64 {
    if length == 0 {
        return 0;
    }
    let bytes = unsafe { slice::from_raw_parts(bytes, length) };
    std::str::from_utf8(bytes).map_or(0, |text| Summary::of(text).words.total())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_bytes() {
        let text = "one two";
        assert_eq!(
            unsafe { textstats_count_words(text.as_ptr(), text.len()) },
            2
        );
        assert_eq!(unsafe { textstats_count_words(std::ptr::null(), 0) }, 0);
    }
}
