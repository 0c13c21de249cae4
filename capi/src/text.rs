//! Strings in and out.

use std::ffi::c_char;

use crate::error::Failure;

/// A text that belongs to the caller.
pub struct ql_text {
    /// With a NUL at the end, which is not counted. NULs inside are kept: the length says where the text ends.
    bytes: String,
}

impl ql_text {
    pub(crate) fn new(mut text: String) -> Self {
        text.push('\0');
        Self { bytes: text }
    }
}

/// The place and length of a text; null and 0 for none.
pub(crate) fn write_len(text: Option<&ql_text>, len: *mut usize) -> *const c_char {
    if !len.is_null() {
        // SAFETY: not null, and by the contract then valid for writing.
        unsafe { len.write(text.map_or(0, |text| text.bytes.len() - 1)) };
    }
    text.map_or(std::ptr::null(), |text| text.bytes.as_ptr().cast())
}

/// A string of the caller.
pub(crate) fn borrow<'a>(text: *const c_char, len: usize, name: &'static str) -> Result<&'a str, Failure> {
    if len == 0 {
        return Ok("");
    }
    if text.is_null() {
        return Err(Failure::Null(name));
    }
    if len > isize::MAX as usize {
        return Err(Failure::String(name));
    }
    // SAFETY: not null, no longer than memory, and by the contract valid for reading `len` bytes during the call.
    let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), len) };
    std::str::from_utf8(bytes).map_err(|_| Failure::String(name))
}

infallible! {
    /// The bytes of a text; `len` may be null. Live as long as the text.
    fn ql_text_data(text: *const ql_text, len: *mut usize) -> *const c_char = std::ptr::null();
    // SAFETY: by the contract null or valid.
    { write_len(unsafe { text.as_ref() }, len) }
}

frees! {
    /// Frees a text.
    fn ql_text_free(ql_text)
}
