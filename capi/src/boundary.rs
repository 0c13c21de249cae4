//! The edge between the languages: every exported function is born in one of the two macros below, inside
//! `catch_unwind`.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use quilate::Error;

use crate::error::{Failure, ql_error, ql_status};

/// Runs the body of a function that can fail.
///
/// `AssertUnwindSafe`: what a panic leaves half done is behind a handle, of which the contract promises only that it can be
/// freed.
pub(crate) fn fallible(error: *mut *mut ql_error, body: impl FnOnce() -> Result<(), Failure>) -> ql_status {
    let outcome = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| Err(Failure::panic(&panic)));
    let Err(failure) = outcome else { return ql_status::Ok };
    let status = failure.status();
    if !error.is_null() {
        // SAFETY: not null, and by the contract then valid for writing.
        unsafe { error.write(Box::into_raw(Box::new(failure.into()))) };
    }
    status
}

/// Runs the body of a function that answers with a value, which is `fallback` after a panic.
pub(crate) fn infallible<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(fallback)
}

/// The text that a panic was raised with.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "unknown panic".to_owned())
}

/// A pointer that must not be null.
pub(crate) fn borrow<'a, T>(pointer: *const T, name: &'static str) -> Result<&'a T, Failure> {
    // SAFETY: null is refused; by the contract anything else is valid for the call.
    unsafe { pointer.as_ref() }.ok_or(Failure::Null(name))
}

/// A pointer to change what is behind it, which must not be null.
pub(crate) fn borrow_mut<'a, T>(pointer: *mut T, name: &'static str) -> Result<&'a mut T, Failure> {
    // SAFETY: null is refused; by the contract anything else is valid, and used by one thread at a time.
    unsafe { pointer.as_mut() }.ok_or(Failure::Null(name))
}

/// A place for an output, checked before the work and written after it.
pub(crate) struct Out<T>(*mut T);

impl<T> Out<T> {
    pub(crate) fn new(pointer: *mut T, name: &'static str) -> Result<Self, Failure> {
        if pointer.is_null() { Err(Failure::Null(name)) } else { Ok(Self(pointer)) }
    }

    pub(crate) fn write(self, value: T) {
        // SAFETY: not null, and by the contract then valid for writing; what was there is not dropped, since it need not
        // be initialised.
        unsafe { self.0.write(value) };
    }
}

impl<T> Out<*mut T> {
    /// Gives an object to the caller.
    pub(crate) fn give(self, object: T) {
        self.write(Box::into_raw(Box::new(object)));
    }
}

/// Takes an object back from the caller and drops it.
pub(crate) fn free<T>(pointer: *mut T) {
    if !pointer.is_null() {
        // SAFETY: not null, then by the contract from `give` and not freed before.
        drop(unsafe { Box::from_raw(pointer) });
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Quilate(error)
    }
}

/// Exports functions that can fail: the status is returned, and the error written behind the last argument.
macro_rules! fallible {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block)*) => {$(
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            $($argument: $type,)*
            error: *mut *mut $crate::error::ql_error,
        ) -> $crate::error::ql_status {
            $crate::boundary::fallible(error, || { $body; Ok(()) })
        }
    )*};
}

/// Exports a function that answers with a value, or with the one after `=` when there is none.
macro_rules! infallible {
    ($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?) -> $value:ty = $fallback:expr; $body:block) => {
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $type),*) -> $value {
            $crate::boundary::infallible($fallback, || $body)
        }
    };
}

/// Exports the function that frees the objects of a type.
macro_rules! frees {
    ($(#[$doc:meta])* fn $name:ident($type:ty)) => {
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(object: *mut $type) {
            $crate::boundary::infallible((), || $crate::boundary::free(object));
        }
    };
}
