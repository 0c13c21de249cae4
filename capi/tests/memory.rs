//! The allocator keeps what lists hold when they pass its bound, in both directions.
//!
//! This program stands on the C interface and so on its allocator, as a program does that loads the library.
#![cfg(feature = "allocator")]

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc, realloc};

/// Far below and far above a megabyte, with sizes between that are no whole pages.
const SIZES: [usize; 9] =
    [1, 4095, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_001, 80_000_000, 1 << 20, 17];

#[test]
fn lists_grow_and_shrink_over_the_bound() {
    assert_eq!(quilate_capi::QL_ABI_VERSION, 1);
    let mut list: Vec<u32> = Vec::new();
    for number in 0..3_000_000 {
        list.push(number);
    }
    list.truncate(100_000);
    list.shrink_to_fit();
    assert!(list.iter().copied().eq(0..100_000));
    let zeros = vec![0u8; 5_000_000];
    assert!(zeros.iter().all(|&byte| byte == 0));
}

#[test]
fn every_change_of_size_keeps_the_bytes() {
    for align in [1, 64, 4096, 1 << 16] {
        for before in SIZES {
            for after in SIZES {
                let old = Layout::from_size_align(before, align).expect("small sizes");
                let kept = before.min(after);
                // SAFETY: blocks are used within their sizes and given back by their own layout.
                unsafe {
                    let block = alloc(old);
                    assert!(!block.is_null() && block.addr().is_multiple_of(align));
                    for at in [0, kept / 2, kept - 1] {
                        block.add(at).write(at as u8 ^ 0x5a);
                    }
                    let moved = realloc(block, old, after);
                    assert!(!moved.is_null() && moved.addr().is_multiple_of(align));
                    for at in [0, kept / 2, kept - 1] {
                        assert_eq!(
                            moved.add(at).read(),
                            at as u8 ^ 0x5a,
                            "{before} to {after}, aligned to {align}"
                        );
                    }
                    dealloc(moved, Layout::from_size_align(after, align).expect("small sizes"));
                }
            }
        }
    }
}

#[test]
fn blocks_that_are_asked_for_with_zeros_have_them() {
    for size in SIZES {
        let layout = Layout::from_size_align(size, 8).expect("small sizes");
        // SAFETY: as above.
        unsafe {
            let block = alloc_zeroed(layout);
            assert!(!block.is_null());
            assert!(std::slice::from_raw_parts(block, size).iter().all(|&byte| byte == 0));
            dealloc(block, layout);
        }
    }
}
