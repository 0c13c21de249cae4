//! Cleaning, folding and title case of any text, and what is a placeholder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quilate::AttributeKind;
use quilate::normalize::placeholder::placeholder;
use quilate::normalize::text::{clean, fold, key, title_case};

fuzz_target!(|data: &[u8]| {
    let raw = String::from_utf8_lossy(data);
    let cleaned = clean(&raw);
    assert_eq!(clean(&cleaned), cleaned, "clean {raw:?}");
    let folded = fold(&raw);
    assert_eq!(fold(&folded), folded, "fold {raw:?}");
    let keyed = key(&raw);
    assert_eq!(key(&keyed), keyed, "key {raw:?}");
    assert!(keyed.is_ascii(), "the key {keyed:?} of {raw:?} is not ASCII");
    let titled = title_case(&raw);
    assert_eq!(title_case(&titled), titled, "title_case {raw:?}");
    for &kind in AttributeKind::ALL {
        assert_eq!(placeholder(kind, &raw), placeholder(kind, &raw));
    }
});
