//! The memory in which hashes are computed.
//!
//! Each running hash has one block. Blocks are reused while any hash runs or waits, and the last one returns
//! them to the system (S96). The next hash overwrites what a password left in a block, or the block is freed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use argon2::Block;

/// A size that glibc's allocator maps separately and unmaps when it is freed.
///
/// glibc keeps smaller freed blocks, up to 32 MiB, in several arenas and does not return them. Pages that are
/// never written take no memory.
const MAPPED_ON_ITS_OWN: usize = 33 * 1024 * 1024 / Block::SIZE;

/// The memory shared by all hashes that run or wait; freed with the last of them.
#[derive(Default)]
pub(super) struct SharedMemory(Mutex<Weak<Memory>>);

impl SharedMemory {
    /// The memory in use, or new memory of blocks of `kib` KiB.
    pub(super) fn join(&self, kib: u32) -> Arc<Memory> {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let memory = Arc::new(Memory::of(kib));
            *shared = Arc::downgrade(&memory);
            memory
        })
    }
}

/// Unused blocks of one size.
pub(super) struct Memory {
    kib: usize,
    free: Mutex<Vec<Vec<Block>>>,
}

impl Memory {
    pub(super) fn of(kib: u32) -> Self {
        Self { kib: kib as usize, free: Mutex::default() }
    }

    /// Lends a block of at least `kib` KiB. A block that is larger than the others is not kept.
    pub(super) fn lend<T>(&self, kib: u32, work: impl FnOnce(&mut [Block]) -> T) -> T {
        let kib = kib as usize;
        if kib > self.kib {
            return work(&mut allocate(kib));
        }
        let free = self.free().pop();
        let mut block = free.unwrap_or_else(|| allocate(self.kib));
        let done = work(&mut block);
        self.free().push(block);
        done
    }

    fn free(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn allocate(kib: usize) -> Vec<Block> {
    let mut block = Vec::with_capacity(kib.max(MAPPED_ON_ITS_OWN));
    block.resize(kib, Block::new());
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(block: &mut [Block]) -> *const Block {
        block.as_ptr()
    }

    #[test]
    fn a_block_is_used_again_and_there_are_as_many_as_are_used_at_once() {
        let memory = Memory::of(64);
        let first = memory.lend(64, address);
        let (inner, outer) = memory.lend(8, |block| (memory.lend(64, address), address(block)));
        assert_eq!(first, outer);
        assert_ne!(inner, outer);
        assert_eq!(memory.free().len(), 2);
        assert_eq!(memory.lend(64, |block| block.len()), 64);
    }

    #[test]
    fn a_larger_one_is_lent_and_not_kept() {
        let memory = Memory::of(64);
        assert_eq!(memory.lend(128, |block| block.len()), 128);
        assert!(memory.free().is_empty());
    }

    #[test]
    fn those_who_are_there_share_and_the_last_takes_everything_away() {
        let shared = SharedMemory::default();
        let (one, two) = (shared.join(64), shared.join(64));
        one.lend(64, |_| {});
        drop(one);
        assert_eq!(two.free().len(), 1);
        drop(two);
        assert!(shared.join(64).free().is_empty());
    }
}
