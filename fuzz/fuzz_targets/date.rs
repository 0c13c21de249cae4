//! Dates and times.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quilate::normalize::date::{DateContext, DateHint, civil_from_days, date, exists, timestamp};

const CONTEXTS: [DateContext; 4] =
    [DateContext::Event, DateContext::Birth, DateContext::BirthAdult, DateContext::Expiry];

fuzz_target!(|data: &[u8]| {
    let (raw, hint) = quilate_fuzz::input(data);
    let variant = data.first().copied().unwrap_or(0);
    let hint = DateHint {
        locale: hint.locale,
        region: hint.region,
        day_first: [None, Some(true), Some(false)][usize::from(variant) % 3],
        context: CONTEXTS[usize::from(variant >> 2) % 4],
        reference: (variant & 64 != 0).then_some((2026, 1, 31)),
    };
    quilate_fuzz::check(&raw, |text| date(text, &hint));
    let parts = date(&raw, &hint).parts;
    for (year, month, day) in parts.alternatives.iter().copied() {
        assert!(exists(year, month, day), "the alternative {year}-{month}-{day} of {raw:?} does not exist");
    }
    if let Some(days) = parts.days() {
        let written =
            parts.year.zip(parts.month).zip(parts.day).map(|((year, month), day)| (year, month, day));
        assert_eq!(civil_from_days(days), written);
    }
    assert_eq!(timestamp(&raw), timestamp(&raw));
});
