//! What a run leaves for the next one.

use std::ffi::c_char;

use quilate::State;
use quilate::io::state::{read_state, write_state};

use crate::boundary::{Out, borrow};
use crate::text;

/// Numbers of customers, and what people have decided.
pub struct ql_state {
    pub(crate) state: State,
}

fallible! {
    /// Reads the state from its folder; one that is not there is that of a first run.
    fn ql_state_read(folder: *const c_char, folder_len: usize, state: *mut *mut ql_state) {
        let out = Out::new(state, "state")?;
        out.give(ql_state { state: read_state(text::borrow(folder, folder_len, "folder")?)? });
    }

    /// Writes the state to its folder, which is made if need be; `judgements.csv` there belongs to people and is not touched.
    fn ql_state_write(state: *const ql_state, folder: *const c_char, folder_len: usize) {
        write_state(text::borrow(folder, folder_len, "folder")?, &borrow(state, "state")?.state)?;
    }
}

frees! {
    /// Frees a state.
    fn ql_state_free(ql_state)
}
