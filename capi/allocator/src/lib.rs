//! An allocator for programs that consolidate: large blocks are mappings of their own.
//!
//! A run takes and drops lists of megabytes at each stage. The allocator of glibc maps blocks from 128 kB on, but raises that
//! bound to the largest block that was ever freed, at most 32 MB: from then on such lists come from its heaps, where what is
//! dropped leaves holes that no later list fits into. A third of the peak of a million records was such holes: 1,417 MB
//! against 969 with the bound held down. That bound is the whole process's, and a library has no right to set it. So blocks from
//! [`LARGE`] on are mapped here: they are gone from the process when they are dropped, and grow by moving pages
//! instead of bytes. All others are the system's.
//!
//! The library `quilate` leaves the choice to its program: the C library, which brings its own, and the example programs
//! take this one. Elsewhere than on Linux with glibc all blocks are the system's.

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod elsewhere;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod linux;

/// Bytes from which a block is a mapping. Below, the calls to the kernel and the untouched rest of the last page would show; it
/// is far below the lists that make the peak.
pub const LARGE: usize = 1 << 20;

/// Maps large blocks; see the crate.
///
/// # Example
/// ```
/// #[global_allocator]
/// static ALLOCATOR: quilate_allocator::LargeBlocksMapped = quilate_allocator::LargeBlocksMapped;
///
/// let mut list = vec![7u8; quilate_allocator::LARGE];
/// list.extend_from_slice(&[8; 100]);
/// assert!(list[..quilate_allocator::LARGE].iter().all(|&byte| byte == 7) && list.ends_with(&[8; 100]));
/// ```
pub struct LargeBlocksMapped;
