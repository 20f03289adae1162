//! Reads a large file in pieces, with several processors at once: as much time as parsing takes goes into filling its pages.

use std::fs::File;
use std::num::NonZeroUsize;
use std::thread;

/// From how many bytes on that is worth a thread.
const LARGE: u64 = 16 << 20;
/// More threads than this only wait for memory.
const MOST: usize = 4;

/// The bytes of a file of that size; none if it is small, or if it cannot be read so and must be read in another way.
pub(super) fn read(file: &File, size: u64) -> Option<Vec<u8>> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MOST);
    if size < LARGE || threads < 2 {
        return None;
    }
    read_in(file, usize::try_from(size).ok()?, threads)
}

#[cfg(unix)]
fn read_in(file: &File, size: usize, threads: usize) -> Option<Vec<u8>> {
    use std::io;
    use std::os::unix::fs::FileExt;
    use std::thread::ScopedJoinHandle;

    // Zeros cannot be asked for without ending the program where there is no memory for them.
    Vec::<u8>::new().try_reserve_exact(size).ok()?;
    let mut bytes = vec![0; size];
    let length = size.div_ceil(threads);
    let fill_one =
        |(at, piece): (usize, &mut [u8])| file.read_exact_at(piece, u64::try_from(at * length).unwrap_or(u64::MAX));
    let is_read = thread::scope(|scope| {
        let start = |piece| thread::Builder::new().spawn_scoped(scope, move || fill_one(piece));
        let started: Vec<_> = bytes.chunks_mut(length).enumerate().map(start).collect();
        let is_read = |started: io::Result<ScopedJoinHandle<'_, io::Result<()>>>| {
            matches!(started.map(ScopedJoinHandle::join), Ok(Ok(Ok(()))))
        };
        started.into_iter().all(is_read)
    });
    is_read.then_some(bytes)
}

#[cfg(not(unix))]
fn read_in(_: &File, _: usize, _: usize) -> Option<Vec<u8>> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_pieces_are_the_whole() {
        let mut file = tempfile::tempfile().unwrap();
        let bytes: Vec<u8> = (0..=255).cycle().take(100_003).collect();
        file.write_all(&bytes).unwrap();
        for threads in [1, 2, 3, 7] {
            assert_eq!(read_in(&file, bytes.len(), threads).as_ref(), Some(&bytes), "{threads}");
        }
    }

    #[test]
    fn what_is_shorter_than_it_was_is_not_read() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        assert_eq!(read_in(&file, 11, 2), None);
    }

    #[test]
    fn a_small_file_is_left_to_others() {
        let file = tempfile::tempfile().unwrap();
        assert_eq!(read(&file, LARGE - 1), None);
    }
}
