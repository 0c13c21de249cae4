//! E-mail addresses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quilate::normalize::email::{email, split_emails};

fuzz_target!(|data: &[u8]| {
    let (raw, hint) = quilate_fuzz::input(data);
    quilate_fuzz::check(&raw, |text| email(text, &hint));
    for part in split_emails(&raw) {
        assert!(raw.contains(part), "{part:?} is not in the cell");
        quilate_fuzz::check(part, |text| email(text, &hint));
    }
});
