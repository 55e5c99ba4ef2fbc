//! ripgrep's search for programs in C. The same source makes a shared and a static library, so that LTO meets both rules of what is kept.

mod files;
mod matching;
mod printing;

use std::ffi::CStr;
use std::os::raw::c_char;
use std::path::Path;
use std::slice;

/// The version of this interface.
#[no_mangle]
pub static GREP_C_VERSION: u32 = 1;

const BAD_ARGUMENT: i64 = -1;
const BAD_PATTERN: i64 = -2;
const UNREADABLE: i64 = -3;

/// Why a search could not be made; the C side gets a negative number.
#[derive(Debug)]
pub enum Failure {
    Argument,
    Pattern(grep::regex::Error),
    Input(std::io::Error),
}

fn answer(result: Result<u64, Failure>) -> i64 {
    match result {
        Ok(count) => count as i64,
        Err(Failure::Argument) => BAD_ARGUMENT,
        Err(Failure::Pattern(_)) => BAD_PATTERN,
        Err(Failure::Input(_)) => UNREADABLE,
    }
}

unsafe fn text<'a>(pointer: *const c_char) -> Result<&'a str, Failure> {
    if pointer.is_null() {
        return Err(Failure::Argument);
    }
    CStr::from_ptr(pointer).to_str().map_err(|_| Failure::Argument)
}

/// Lines of a text that match.
#[no_mangle]
pub unsafe extern "C" fn grep_c_count(pattern: *const c_char, bytes: *const u8, length: usize) -> i64 {
    answer(text(pattern).and_then(|pattern| matching::count(pattern, slice::from_raw_parts(bytes, length))))
}

/// Lines that match in all files under a folder.
#[no_mangle]
pub unsafe extern "C" fn grep_c_count_files(pattern: *const c_char, folder: *const c_char) -> i64 {
    answer(text(pattern).and_then(|pattern| files::count(pattern, Path::new(text(folder)?))))
}

/// Prints the lines of a file that match, as ripgrep does; the number of bytes printed.
#[no_mangle]
pub unsafe extern "C" fn grep_c_print(pattern: *const c_char, file: *const c_char) -> i64 {
    answer(text(pattern).and_then(|pattern| printing::print(pattern, Path::new(text(file)?))))
}
