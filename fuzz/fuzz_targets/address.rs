//! Addresses, whole and in parts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quilate::normalize::address::{city, country, full_address, postcode, region, street};

fuzz_target!(|data: &[u8]| {
    let (raw, hint) = quilate_fuzz::input(data);
    quilate_fuzz::check(&raw, |text| full_address(text, &hint));
    quilate_fuzz::check(&raw, |text| street(text, &hint));
    quilate_fuzz::check(&raw, |text| postcode(text, &hint));
    quilate_fuzz::check(&raw, |text| region(text, &hint));
    quilate_fuzz::check(&raw, city);
    if let Some(code) = country(&raw) {
        assert_eq!(country(code), Some(code), "the code of a country names it");
    }
});
