//! Time and peak memory of a child process.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// One run of a process.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    /// From before it is started until it has ended.
    pub(crate) time: Duration,
    /// The most memory it had resident, in bytes; 0 where the system does not tell.
    pub(crate) peak: u64,
}

impl Run {
    /// Runs a process to its end, which must be with status `exit`, and then once more to watch its memory, so that watching costs no time.
    pub(crate) fn of<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, args: &[S], exit: i32) -> Self {
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let status = command.status().unwrap();
        let time = start.elapsed();
        assert_eq!(status.code(), Some(exit), "{command:?} ends with {status}");
        Self { time, peak: peak(&mut command) }
    }
}

/// The high-water mark of a process, as the kernel shows it while the process lives. It only ever rises, so the last value
/// seen falls short by at most what was added in the last fraction of a millisecond.
fn peak(command: &mut Command) -> u64 {
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = mark.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or(0) * 1024);
        std::thread::sleep(Duration::from_micros(200));
    }
    peak
}

/// The fastest of `times` runs, and the highest peak.
pub(crate) fn least(times: usize, run: impl FnMut() -> Run) -> Run {
    let runs = sorted(times, run);
    Run { time: runs[0].time, peak: highest(&runs) }
}

fn sorted(times: usize, mut run: impl FnMut() -> Run) -> Vec<Run> {
    let mut runs: Vec<Run> = (0..times).map(|_| run()).collect();
    runs.sort_by_key(|run| run.time);
    runs
}

fn highest(runs: &[Run]) -> u64 {
    runs.iter().map(|run| run.peak).max().unwrap_or(0)
}
