//! Linux with glibc: mappings of the kernel.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;

use crate::{LARGE, LargeBlocksMapped};

/// The smallest page of all systems that Linux runs on: mappings are aligned to this at least.
const PAGE: usize = 4096;

/// Whether a block is a mapping; a function of its layout, so that it needs no mark of its own.
fn is_mapped(layout: Layout) -> bool {
    layout.size() >= LARGE && layout.align() <= PAGE
}

// SAFETY: blocks for which `is_mapped` holds are mappings of at least their size, zeroed, aligned to a page, released once
// by the same rule; all others are passed to `System` unchanged. Nothing here unwinds or allocates.
unsafe impl GlobalAlloc for LargeBlocksMapped {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's duties are those of `System`.
        if is_mapped(layout) { map(layout.size()) } else { unsafe { System.alloc(layout) } }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above; fresh mappings are zero.
        if is_mapped(layout) { map(layout.size()) } else { unsafe { System.alloc_zeroed(layout) } }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if is_mapped(layout) {
            // SAFETY: the caller gives back a block of this layout, which is a mapping of this size. The kernel rounds both up
            // to whole pages. It refuses what is no mapping, and a hole between two blocks that it keeps as one mapping when the
            // process has as many mappings as it may have: then the pages stay, and no block is wrong.
            unsafe { libc::munmap(block.cast(), layout.size()) };
        } else {
            // SAFETY: the block is the system's.
            unsafe { System.dealloc(block, layout) };
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: by the caller's duties the new size is not zero and does not overflow when it is rounded up to the alignment.
        let new = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (is_mapped(layout), is_mapped(new)) {
            // SAFETY: the block is the system's, and stays so.
            (false, false) => unsafe { System.realloc(block, layout, size) },
            (true, true) => {
                // SAFETY: the block is a mapping of the old size, and nobody else uses it meanwhile.
                place(unsafe { libc::mremap(block.cast(), layout.size(), size, libc::MREMAP_MAYMOVE) })
            }
            _ => {
                // SAFETY: the new layout is valid, see above.
                let moved = unsafe { self.alloc(new) };
                if !moved.is_null() {
                    // SAFETY: both blocks have at least these bytes, and they are different blocks.
                    unsafe { moved.copy_from_nonoverlapping(block, layout.size().min(size)) };
                    // SAFETY: the block is of the old layout, and given up by the caller.
                    unsafe { self.dealloc(block, layout) };
                }
                moved
            }
        }
    }
}

/// A fresh mapping of zeros; null when there is no memory.
fn map(size: usize) -> *mut u8 {
    let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: an anonymous mapping at a place of the kernel's choice touches nothing that is there.
    place(unsafe { libc::mmap(null_mut(), size, access, kind, -1, 0) })
}

/// The address of a mapping, or null for the kernel's "failed".
fn place(mapping: *mut libc::c_void) -> *mut u8 {
    if mapping == libc::MAP_FAILED { null_mut() } else { mapping.cast() }
}
