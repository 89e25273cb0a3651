//! Threads are as many as were asked for, or as the machine has; the environment has no say in it.

use rayon::prelude::*;

/// The most threads that work: more would wait for each other for minutes.
pub const MOST_THREADS: u16 = 1024;

/// As many threads as asked for; 0 are those that the machine has. What the environment says of threads is not asked,
/// because nothing bounds that.
pub fn pool(threads: usize) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new().num_threads(bounded(threads)).build()
}

/// Does work on a pool's threads. A thread of another pool must not wait for it there: while it waited it would begin other
/// work of its own pool, and so on until its stack is full.
pub fn install<R: Send>(pool: &rayon::ThreadPool, work: impl FnOnce() -> R + Send) -> R {
    if rayon::current_thread_index().is_none() || pool.current_thread_index().is_some() {
        return pool.install(work);
    }
    let outcome = std::thread::scope(|scope| scope.spawn(|| pool.install(work)).join());
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The number of threads that a wish comes to; 0 are those that the machine has.
fn bounded(threads: usize) -> usize {
    let there = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let wanted = if threads == 0 { there() } else { threads };
    wanted.min(usize::from(MOST_THREADS))
}

/// Does something that may use threads outside of an experiment, on as many as the machine has. Where none can be had
/// this one does it.
pub fn on_threads<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    match pool(0) {
        Ok(pool) => install(&pool, work),
        Err(_) => work(),
    }
}

/// Makes something of each of some things, in their order, on this many threads; 0 uses all processors. Where no threads
/// can be had, this one does it.
pub fn each<T: Sync, R: Send>(threads: usize, things: &[T], make: impl Fn(&T) -> R + Send + Sync) -> Vec<R> {
    match pool(threads) {
        Ok(pool) => install(&pool, || things.par_iter().map(make).collect()),
        Err(_) => things.iter().map(make).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_more_threads_than_there_may_be() {
        let there = std::thread::available_parallelism().unwrap().get();
        assert_eq!((bounded(0), bounded(3), bounded(99_999)), (there.min(1024), 3, 1024));
        assert_eq!(each(2, &[1, 2, 3], |number| number * 2), [2, 4, 6]);
    }

    #[test]
    fn work_within_work_fills_no_stack() {
        let many: Vec<u64> = (0..5_000).collect();
        let sum = |_: &u64| each(2, &[1_u64, 2, 3, 4], |number| number * 2).iter().sum::<u64>();
        assert!(each(2, &many, sum).iter().all(|sum| *sum == 20));
    }
}
