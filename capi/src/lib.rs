//! The C interface of [`quilate`]: tables in as Arrow streams, results out as Arrow streams, everything between on opaque
//! handles. `include/quilate.h` is made from this crate; Python and every other language stand on it.
//!
//! # The contract
//! - **Failure.** A function that can fail returns a [`ql_status`]. When it is not `QL_STATUS_OK` and `error` is not null, an
//!   error object is written there: status, message, and the place (source, line, column). Other outputs stand before `error`
//!   and are written on success only.
//! - **Ownership.** What a function gives belongs to the caller, who frees it exactly once by the `ql_*_free` of its type;
//!   null may be freed. Arguments are borrowed for the call, but for those that are said to be taken.
//! - **Strings** are UTF-8 as pointer and length; null with length 0 is the empty string. Those that come out live as long
//!   as the object that they are asked of, and end in NUL besides.
//! - **Arrow streams** that go in are taken, also when the call fails: their `release` becomes null. Those that come out are
//!   written to a struct of the caller, who releases them; they hold what they need, and stay valid when what they came
//!   from is freed. All text that comes in is checked to be UTF-8, all offsets to lie in their buffers.
//! - **Threads.** An object may be used from any thread, by one at a time; [`ql_config`], [`ql_model`], [`ql_result`] and
//!   [`ql_control`] by many at once. Work runs on threads that are joined before the call returns; a progress callback is
//!   only ever called on the thread of the call.
//! - **Globals.** There are none, nothing is registered, and no thread stays: a process may fork between calls.
//! - **Panics.** None passes the boundary: a bug in the library is `QL_STATUS_PANIC`, with its message. The objects of
//!   such a call can still be freed.
//! - **Growth.** Tables, attributes and outputs are named by strings and configured by text, so that new ones are no change
//!   of the interface. [`ql_abi_version`] rises when something that is there changes.
//!
//! # Safety
//! What the compiler cannot check is left to the caller: pointers are null or valid for what they are said to point to,
//! handles are of this library and not freed, streams keep the rules of the Arrow C Stream Interface.

#![allow(non_camel_case_types, reason = "the names are those of C")]

#[macro_use]
mod boundary;
mod batches;
mod config;
mod error;
mod model;
#[cfg(feature = "python")]
mod python;
mod run;
mod stages;
mod state;
mod stream;
mod table;
mod text;

use std::ffi::c_char;

#[cfg(feature = "allocator")]
#[global_allocator]
static ALLOCATOR: quilate_allocator::LargeBlocksMapped = quilate_allocator::LargeBlocksMapped;

pub use batches::*;
pub use config::*;
pub use error::*;
pub use model::*;
#[cfg(feature = "python")]
pub use python::*;
pub use run::*;
pub use stages::*;
pub use state::*;
pub use table::*;
pub use text::*;

/// Rises when the meaning of something that is there changes; what is added does not count.
pub const QL_ABI_VERSION: u32 = 1;

infallible! {
    /// The `QL_ABI_VERSION` that the library was built with.
    fn ql_abi_version() -> u32 = 0;
    { QL_ABI_VERSION }
}

infallible! {
    /// Version of the library, ends in NUL, never freed.
    fn ql_version() -> *const c_char = std::ptr::null();
    { concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast() }
}

infallible! {
    /// Whether the library has a feature: `csv`, `toml`, `parallel`, or the name of an output such as `golden`.
    fn ql_has_feature(name: *const c_char, name_len: usize) -> bool = false;
    {
        let Ok(name) = text::borrow(name, name_len, "name") else { return false };
        matches!(name, "csv" | "toml" | "parallel") || run::outputs().any(|output| output == name)
    }
}
