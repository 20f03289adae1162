//! Runs the process that evaluates policies of the user's own, feeds it, and ends it when it takes more than it may.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use wait_timeout::ChildExt as _;

use super::worker::{Answer, Job, Line, MEMORY, NAME};
use super::{Limits, OwnError};

/// What a document takes as a tree, for each byte of its text, and what the program takes for itself.
const TREE: u64 = 24;
const ITSELF: u64 = 512 * 1024 * 1024;

/// How much longer than it may the process lives: it ends itself in time if it can, and then says where it was.
const GRACE: Duration = Duration::from_millis(1500);

/// How much of what the process complains of is kept.
const COMPLAINT: u64 = 64 * 1024;

/// What has come from the process so far.
#[derive(Default)]
struct News {
    at: Option<String>,
    last: Option<Line>,
}

/// Does `job` over the plans `texts` in a process of its own.
///
/// # Errors
/// What it says went wrong; or what became of it, where it says nothing.
pub(super) fn run(program: &Path, job: &Job, texts: &[&str], limits: Limits) -> Result<Answer, OwnError> {
    let plans: u64 = texts.iter().map(|text| u64::try_from(text.len()).unwrap_or(u64::MAX)).sum();
    let memory = limits.memory.saturating_add(ITSELF).saturating_add(plans.saturating_mul(TREE));
    let failed = |what: String| OwnError::Process { what, at: None };
    let mut head = serde_json::to_vec(job).map_err(|error| failed(format!("cannot be told what to do: {error}")))?;
    head.push(b'\n');
    let mut child = Command::new(program)
        .arg(NAME)
        .env(MEMORY, memory.to_string())
        // With traces of the stack, errors from deep within it take minutes.
        .env_remove("RUST_BACKTRACE")
        .env_remove("RUST_LIB_BACKTRACE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("cannot be started from {}: {error}", program.display())))?;
    let news = Mutex::new(News::default());
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (status, complaint) = thread::scope(|scope| {
        // Who does not read is ended below; what is not written then is of no use.
        scope.spawn(|| stdin.map(|stdin| feed(stdin, &head, texts)));
        scope.spawn(|| stdout.map(|stdout| listen(stdout, &news)));
        let complaint = scope.spawn(|| {
            let mut text = Vec::new();
            if let Some(mut stderr) = stderr {
                let _ = stderr.by_ref().take(COMPLAINT).read_to_end(&mut text);
                let _ = io::copy(&mut stderr, &mut io::sink());
            }
            String::from_utf8_lossy(&text).into_owned()
        });
        let status = wait(&mut child, limits.time.saturating_add(GRACE));
        (status, complaint.join().unwrap_or_default())
    });
    let News { at, last } = news.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    match (status, last) {
        (Ok(Some(status)), Some(Line::Done(answer))) if status.success() => Ok(answer),
        (Ok(Some(_)), Some(Line::Failed(message))) => Err(OwnError::Policy(message)),
        (Ok(Some(_)), Some(Line::Late(rule))) => Err(OwnError::Time { limit: limits.time, at: Some(rule) }),
        (Ok(None), _) => Err(OwnError::Time { limit: limits.time, at }),
        (Err(error), _) => Err(OwnError::Process { what: format!("cannot be waited for: {error}"), at }),
        (Ok(Some(status)), _) => Err(ended(status, &complaint, at, limits)),
    }
}

/// Waits for the process; `None` if it had to be ended.
fn wait(child: &mut Child, time: Duration) -> io::Result<Option<ExitStatus>> {
    let status = child.wait_timeout(time);
    if !matches!(status, Ok(Some(_))) {
        child.kill()?;
        child.wait()?;
    }
    status
}

fn feed(mut stdin: ChildStdin, head: &[u8], texts: &[&str]) -> io::Result<()> {
    stdin.write_all(head)?;
    texts.iter().try_for_each(|text| stdin.write_all(text.as_bytes()))
}

fn listen(stdout: impl io::Read, news: &Mutex<News>) {
    for line in BufReader::new(stdout).lines() {
        let Some(line) = line.ok().and_then(|line| serde_json::from_str(&line).ok()) else { return };
        let mut news = news.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match line {
            Line::At(rule) => news.at = Some(rule),
            last => news.last = Some(last),
        }
    }
}

/// What it means that the process ended without a word.
fn ended(status: ExitStatus, complaint: &str, at: Option<String>, limits: Limits) -> OwnError {
    if complaint.contains("memory allocation of") {
        return OwnError::Memory { limit: limits.memory, at };
    }
    if complaint.contains("overflowed its stack") {
        return OwnError::Process {
            what: "ran out of stack: something in them calls itself without an end".to_owned(),
            at,
        };
    }
    OwnError::Process { what: format!("ended with {status} before it gave an answer"), at }
}
