//! A fingerprint of a text (FNV-1a).
//!
//! Rust has no way yet to define a function in several crates and let the linker keep one copy, as `inline` does in C++. With the feature
//! `linkonce` (nightly, or RUSTC_BOOTSTRAP=1) every crate that uses the macro gets a copy of its own with that linkage, and LTO picks one.

/// What folding begins with.
pub const START: u64 = 0xcbf2_9ce4_8422_2325;

/// Folds one byte into a fingerprint.
pub fn fold(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Gives the calling module a function `fold(u64, u8) -> u64`.
#[cfg(not(feature = "linkonce"))]
#[macro_export]
macro_rules! fold_function {
    () => {
        use $crate::fingerprint::fold;
    };
}

/// Gives the calling module a function `fold(u64, u8) -> u64`, by way of a symbol that other crates define too.
#[cfg(feature = "linkonce")]
#[macro_export]
macro_rules! fold_function {
    () => {
        #[no_mangle]
        #[linkage = "linkonce_odr"]
        #[inline(never)]
        extern "C" fn text_fingerprint_fold(hash: u64, byte: u8) -> u64 {
            $crate::fingerprint::fold(hash, byte)
        }

        fn fold(hash: u64, byte: u8) -> u64 {
            text_fingerprint_fold(hash, byte)
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_value() {
        assert_eq!(
            b"a".iter().fold(START, |hash, byte| fold(hash, *byte)),
            0xaf63_dc4c_8601_ec8c
        );
    }
}
