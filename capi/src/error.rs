//! What went wrong, as a number and as an object.

use std::any::Any;
use std::ffi::c_char;

use quilate::{Error, Location};

use crate::boundary::panic_text;
use crate::text::{ql_text, write_len};

/// How a call ended. Numbers never change their meaning.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ql_status {
    /// Done.
    Ok = 0,
    /// A file or stream could not be opened, read or written.
    Io = 1,
    /// The input is not the format that it was taken for.
    Format = 2,
    /// A configuration value is unknown, out of range or contradicts another.
    Config = 3,
    /// A column that was asked for does not exist.
    UnknownField = 4,
    /// A record that was asked for does not exist.
    UnknownRecord = 5,
    /// A hard limit (records, sources, values in a column) was passed.
    Limit = 6,
    /// The caller asked the run to stop.
    Cancelled = 7,
    /// An error that a later version of the library knows by a number of its own.
    Other = 99,
    /// An argument that must not be null is.
    NullArgument = 100,
    /// A string is not UTF-8, or longer than memory.
    InvalidString = 101,
    /// A bug in the library, caught at the boundary.
    Panic = 102,
}

/// Why a call failed, before it is an object.
pub(crate) enum Failure {
    Quilate(Error),
    Null(&'static str),
    String(&'static str),
    Panic(String),
}

impl Failure {
    pub(crate) fn panic(panic: &(dyn Any + Send)) -> Self {
        Self::Panic(panic_text(panic))
    }

    pub(crate) fn status(&self) -> ql_status {
        match self {
            Self::Quilate(error) => match error.code() {
                1 => ql_status::Io,
                2 => ql_status::Format,
                3 => ql_status::Config,
                4 => ql_status::UnknownField,
                5 => ql_status::UnknownRecord,
                6 => ql_status::Limit,
                7 => ql_status::Cancelled,
                _ => ql_status::Other,
            },
            Self::Null(_) => ql_status::NullArgument,
            Self::String(_) => ql_status::InvalidString,
            Self::Panic(_) => ql_status::Panic,
        }
    }
}

/// What went wrong, and where.
pub struct ql_error {
    status: ql_status,
    message: ql_text,
    source: ql_text,
    field: ql_text,
    line: u64,
}

impl From<Failure> for ql_error {
    fn from(failure: Failure) -> Self {
        let status = failure.status();
        let (message, location) = match failure {
            Failure::Quilate(error) => (error.to_string(), error.location().clone()),
            Failure::Null(name) => (format!("the argument {name} must not be null"), Location::default()),
            Failure::String(name) => (format!("the argument {name} is not UTF-8"), Location::default()),
            Failure::Panic(text) => (format!("internal error: {text}"), Location::default()),
        };
        let Location { source, line, field } = location;
        Self {
            status,
            message: ql_text::new(message),
            source: ql_text::new(source.unwrap_or_default()),
            field: ql_text::new(field.unwrap_or_default()),
            line: line.unwrap_or(0),
        }
    }
}

infallible! {
    /// The status that came with the error; `QL_STATUS_OK` for null.
    fn ql_error_status(error: *const ql_error) -> ql_status = ql_status::Ok;
    // SAFETY: by the contract null or valid, as in the functions below.
    { unsafe { error.as_ref() }.map_or(ql_status::Ok, |error| error.status) }
}

infallible! {
    /// What went wrong, where, and the cure where one is known: one line. Lives as long as the error.
    fn ql_error_message(error: *const ql_error, len: *mut usize) -> *const c_char = std::ptr::null();
    { write_len(unsafe { error.as_ref() }.map(|error| &error.message), len) }
}

infallible! {
    /// File or source, or the path of a configuration key; empty when unknown. Lives as long as the error.
    fn ql_error_source(error: *const ql_error, len: *mut usize) -> *const c_char = std::ptr::null();
    { write_len(unsafe { error.as_ref() }.map(|error| &error.source), len) }
}

infallible! {
    /// Column; empty when unknown. Lives as long as the error.
    fn ql_error_field(error: *const ql_error, len: *mut usize) -> *const c_char = std::ptr::null();
    { write_len(unsafe { error.as_ref() }.map(|error| &error.field), len) }
}

infallible! {
    /// Line from 1; 0 when unknown.
    fn ql_error_line(error: *const ql_error) -> u64 = 0;
    { unsafe { error.as_ref() }.map_or(0, |error| error.line) }
}

frees! {
    /// Frees an error.
    fn ql_error_free(ql_error)
}
