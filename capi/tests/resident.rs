//! What a stage drops goes back to the system. Alone in its program, since it looks at the memory of the whole process.
#![cfg(all(feature = "allocator", target_os = "linux", target_env = "gnu"))]

fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux tells");
    let pages: usize =
        pages.split_whitespace().nth(1).and_then(|pages| pages.parse().ok()).expect("a number");
    pages * 4096
}

#[test]
fn long_lists_leave_no_holes() {
    assert_eq!(quilate_capi::QL_ABI_VERSION, 1);
    // From here on glibc would take lists of up to 30 MB from its heap.
    drop(vec![1u8; 30_000_000]);
    let before = resident();
    // Short lists that stay behind long ones hold the holes of a heap open.
    let lists: Vec<[Vec<u8>; 2]> = (0..20).map(|_| [vec![1u8; 2_000_000], vec![1u8; 10_000]]).collect();
    let full = resident();
    let short: Vec<Vec<u8>> = lists.into_iter().map(|[_, short]| short).collect();
    let after = resident();
    assert!(full > before + 40_000_000);
    assert!(after < before + 10_000_000, "{} bytes are held for {} short lists", after - before, short.len());
}
