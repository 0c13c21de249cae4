//! Names of persons, whole and in parts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quilate::normalize::gender::gender;
use quilate::normalize::person_name::{full_name, given_name, surname};

fuzz_target!(|data: &[u8]| {
    let (raw, hint) = quilate_fuzz::input(data);
    quilate_fuzz::check(&raw, |text| full_name(text, &hint));
    quilate_fuzz::check(&raw, |text| given_name(text, &hint));
    quilate_fuzz::check(&raw, |text| surname(text, &hint));
    assert_eq!(gender(&raw), gender(&raw));
});
