//! What Python's capsules need. Their destructor runs while an exception may be set, so that it cannot be Python code.

use std::ffi::{c_char, c_void};
use std::sync::OnceLock;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;

/// `void *PyCapsule_GetPointer(PyObject *, const char *)`.
type GetPointer = unsafe extern "C" fn(*mut c_void, *const c_char) -> *mut c_void;

/// The interpreter's own function, which is the same for the life of the process: the library is not linked to Python.
static GET_POINTER: OnceLock<GetPointer> = OnceLock::new();

infallible! {
    /// Tells where the interpreter's `PyCapsule_GetPointer` is.
    fn ql_py_init(get_pointer: Option<GetPointer>) -> () = ();
    { if let Some(function) = get_pointer { let _ = GET_POINTER.set(function); } }
}

infallible! {
    /// A released stream to be filled and put into a capsule.
    fn ql_py_stream_new() -> *mut FFI_ArrowArrayStream = std::ptr::null_mut();
    { Box::into_raw(Box::new(FFI_ArrowArrayStream::empty())) }
}

infallible! {
    /// The destructor of a capsule of the name `arrow_array_stream`: releases the stream, unless a consumer has taken it.
    fn ql_py_capsule_free(capsule: *mut c_void) -> () = ();
    {
        if let Some(function) = GET_POINTER.get() {
            // SAFETY: the interpreter calls this with a capsule of that name, whose pointer is from `ql_py_stream_new`.
            let stream = unsafe { function(capsule, c"arrow_array_stream".as_ptr()) };
            crate::boundary::free(stream.cast::<FFI_ArrowArrayStream>());
        }
    }
}
