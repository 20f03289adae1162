//! Does the same for many things in as many threads as there are processors.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread;

/// From how many things on threads are worth it.
pub(super) const MANY: usize = 32;

/// How many things a thread takes at a time: few enough that all have work to the end.
const PIECE: usize = 8;

/// What `work` makes of each of `items`, in their order. A panic in it goes on here.
pub(super) fn map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    if items.len() < MANY || threads < 2 {
        return items.into_iter().map(work).collect();
    }
    let waiting = Mutex::new(items.into_iter().enumerate());
    let take = || {
        let mut waiting = waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        waiting.by_ref().take(PIECE).collect::<Vec<_>>()
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let one = || {
            let mut done = Vec::new();
            loop {
                let piece = take();
                if piece.is_empty() {
                    return done;
                }
                done.extend(piece.into_iter().map(|(at, item)| (at, work(item))));
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        let joined =
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_however_many_there_are() {
        for number in [0, 1, MANY - 1, MANY, 1_000] {
            let made = map((0..number).collect(), |item| item * 2);
            assert_eq!(made, (0..number).map(|item| item * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    #[should_panic(expected = "the hundredth")]
    fn a_panic_is_not_lost() {
        map((0..1_000).collect(), |item| assert!(item != 100, "the hundredth"));
    }
}
