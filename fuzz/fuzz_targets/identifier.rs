//! National, tax and other numbers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quilate::normalize::identifier::identifier;

fuzz_target!(|data: &[u8]| {
    let (raw, hint) = quilate_fuzz::input(data);
    quilate_fuzz::check(&raw, |text| identifier(text, &hint));
});
