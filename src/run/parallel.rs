//! Does the same for many things in as many threads as there are processors.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
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
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
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
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
        joined.flatten().collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, made)| made).collect()
}

/// How many threads there are for [`in_order`] at most: each holds what it works on.
const MOST: usize = 16;

/// How many things are begun for each thread before the first of them is done with.
const AHEAD: usize = 2;

/// The stack of these threads: as much as the first thread of a program usually has, which reads plans where they are few.
const STACK: usize = 8 * 1024 * 1024;

/// Gives `done` what `work` makes of each of `items`, in their order, while later ones are still worked on; no more of them
/// than a few ahead. A panic in `work` goes on here.
///
/// # Errors
/// The first of `done`, after which nothing more is begun, and what is worked on is not waited for.
pub(super) fn in_order<T: Send + 'static, R: Send + 'static, E>(
    items: impl Iterator<Item = T>,
    work: impl Fn(T) -> R + Send + Sync + 'static,
    mut done: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MOST);
    let (give, taken) = mpsc::channel();
    let (answer, answers) = mpsc::channel();
    let crew = Arc::new(Crew { work, taken: Mutex::new(taken), over: AtomicBool::new(false) });
    for _ in 0..threads {
        let (crew, answer) = (Arc::clone(&crew), answer.clone());
        let started = thread::Builder::new().stack_size(STACK).spawn(move || crew.serve(&answer));
        // As where threads are started without a stack of their own.
        drop(started.unwrap_or_else(|error| panic::resume_unwind(Box::new(error))));
    }
    drop(answer);
    let mut items = items.enumerate();
    let (mut begun, mut told) = (0, 0);
    let mut early = BTreeMap::new();
    loop {
        while begun < told + threads * AHEAD {
            let Some(item) = items.next() else { break };
            // The other end is in the crew.
            let _ = give.send(item);
            begun += 1;
        }
        if told == begun {
            return Ok(());
        }
        let (at, made) = answers.recv().unwrap_or_else(|_| panic::resume_unwind(Box::new("all threads are gone")));
        early.insert(at, made);
        while let Some(made) = early.remove(&told) {
            told += 1;
            let made = made.unwrap_or_else(|panic| {
                crew.over.store(true, Ordering::Relaxed);
                panic::resume_unwind(panic)
            });
            done(made).inspect_err(|_| crew.over.store(true, Ordering::Relaxed))?;
        }
    }
}

/// What threads share that do the same.
struct Crew<T, F> {
    work: F,
    taken: Mutex<Receiver<(usize, T)>>,
    /// Whether there is nothing more to be done.
    over: AtomicBool,
}

impl<T, R, F: Fn(T) -> R> Crew<T, F> {
    /// Works on one item after the other, as long as there are any and somebody wants to know.
    fn serve(&self, answer: &Sender<(usize, thread::Result<R>)>) {
        loop {
            let item = self.taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((at, item)) = item else { return };
            if self.over.load(Ordering::Relaxed) {
                return;
            }
            let made = panic::catch_unwind(AssertUnwindSafe(|| (self.work)(item)));
            if answer.send((at, made)).is_err() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[test]
    fn what_is_done_comes_in_order_and_not_far_behind() {
        let begun = AtomicUsize::new(0);
        let mut told = Vec::new();
        let items = (0..500).inspect(|_| {
            begun.fetch_add(1, Ordering::Relaxed);
        });
        let done = in_order(
            items,
            |item: usize| item * 2,
            |made| {
                assert!(begun.load(Ordering::Relaxed) <= told.len() + MOST * AHEAD);
                told.push(made);
                Ok::<_, ()>(())
            },
        );
        assert_eq!((done, told), (Ok(()), (0..500).map(|item| item * 2).collect()));
    }

    #[test]
    fn after_an_error_nothing_more_is_begun() {
        let begun = AtomicUsize::new(0);
        let items = (0..).inspect(|_| {
            begun.fetch_add(1, Ordering::Relaxed);
        });
        let done = in_order(items, |item: usize| item, |made| if made == 7 { Err(made) } else { Ok(()) });
        assert_eq!(done, Err(7));
        assert!(begun.load(Ordering::Relaxed) <= 8 + MOST * AHEAD);
    }

    #[test]
    #[should_panic(expected = "the hundredth")]
    fn a_panic_of_one_ends_all() {
        let _ = in_order(0..1_000, |item| assert!(item != 100, "the hundredth"), |()| Ok::<_, ()>(()));
    }

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
