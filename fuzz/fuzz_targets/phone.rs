//! Telephone numbers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quilate::normalize::phone::{phone, split_phones};

fuzz_target!(|data: &[u8]| {
    let (raw, hint) = quilate_fuzz::input(data);
    quilate_fuzz::check(&raw, |text| phone(text, &hint));
    for part in split_phones(&raw) {
        assert!(raw.contains(part), "{part:?} is not in the cell");
        quilate_fuzz::check(part, |text| phone(text, &hint));
    }
});
