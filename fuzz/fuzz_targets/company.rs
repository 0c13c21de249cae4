//! Names of organisations.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quilate::normalize::company::{company, looks_like_company};

fuzz_target!(|data: &[u8]| {
    let (raw, hint) = quilate_fuzz::input(data);
    quilate_fuzz::check(&raw, |text| company(text, &hint));
    assert_eq!(looks_like_company(&raw), looks_like_company(&raw));
});
