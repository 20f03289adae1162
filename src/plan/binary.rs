//! Binary plans, shown by the program that wrote them: the file is for that program alone to read, and what `show -json`
//! prints of it is the published form.
//!
//! Source: <https://developer.hashicorp.com/terraform/cli/commands/show>.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anstream::adapter::strip_str;
use thiserror::Error;
use wait_timeout::ChildExt as _;

/// Tried one after the other where no program is named.
const PROGRAMS: [&str; 2] = ["terraform", "tofu"];

/// What is kept of standard error, in bytes; the rest is read and dropped.
const MOST_SAID: u64 = 64 * 1024;

/// What is shown of it, in lines.
const MOST_LINES: usize = 8;

/// How binary plans are shown.
#[derive(Debug, Clone)]
pub struct Show {
    /// The program; `terraform`, else `tofu`, on `PATH` if none is named.
    pub program: Option<PathBuf>,
    /// How long it may take: a plan of ten thousand resources took old versions several minutes.
    pub time: Duration,
}

impl Default for Show {
    fn default() -> Self {
        Self { program: None, time: Duration::from_mins(10) }
    }
}

/// Why a binary plan cannot be shown.
#[derive(Debug, Error)]
pub enum ShowError {
    /// There is no such program.
    #[error("this is a binary plan file, and there is no {0} to show it with")]
    NoProgram(String),
    /// The system does not start it.
    #[error("this is a binary plan file, and {program} cannot be started to show it: {source}")]
    NotStarted {
        /// The program.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// It says that it failed.
    #[error("`{program} show -json` failed on this binary plan file ({status}){said}")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// The first lines of its standard error, behind a colon; empty if there are none.
        said: String,
    },
    /// It takes too long.
    #[error("`{program} show -json` was stopped: it had not shown this binary plan file after {seconds} s")]
    TimedOut {
        /// The program.
        program: String,
        /// The limit.
        seconds: u64,
    },
    /// It prints too much.
    #[error("what `{program} show -json` prints of this binary plan file is larger than {limit} bytes")]
    TooLarge {
        /// The program.
        program: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// What it prints cannot be read.
    #[error("what `{program} show -json` prints of this binary plan file cannot be read: {source}")]
    Unreadable {
        /// The program.
        program: String,
        /// What the system says.
        source: io::Error,
    },
}

impl ShowError {
    /// A kebab-case name of the kind of error.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoProgram(_) => "show-no-program",
            Self::NotStarted { .. } => "show-not-started",
            Self::Failed { .. } => "show-failed",
            Self::TimedOut { .. } => "show-timed-out",
            Self::TooLarge { .. } => "too-large",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn help(&self) -> String {
        let json = "pass what `terraform show -json FILE` prints";
        match self {
            Self::NoProgram(_) | Self::NotStarted { .. } => {
                format!("name the program that made the plan with --terraform PATH, or {json}")
            }
            Self::Failed { .. } => format!(
                "a binary plan can be shown only in the directory it was made in, after `init`, and by the version that \
                 made it (--terraform PATH names another program); or {json}"
            ),
            Self::TimedOut { .. } | Self::Unreadable { .. } => {
                format!("run it by hand in the directory of the file to see what holds it up, or {json}")
            }
            Self::TooLarge { .. } => "raise the limit with --max-size BYTES".to_owned(),
        }
    }
}

/// Whether these are the first bytes of a binary plan: it is a zip archive.
#[must_use]
pub fn is_binary_plan(bytes: &[u8]) -> bool {
    // An archive begins with a file, or with its end if it holds none.
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// What `show -json` prints of a binary plan, at most `max_size` bytes.
///
/// The program runs in the directory of the file, where the providers are that it needs, without a shell, and is killed with
/// all that it started when it takes or prints more than it may.
///
/// # Errors
/// See [`ShowError`].
pub fn show(file: &Path, max_size: u64, show: &Show) -> Result<Vec<u8>, ShowError> {
    let path = find(show.program.as_deref())?;
    let program = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tracing::info!(program = %path.display(), directory = %directory.display(), "shows the binary plan");

    let mut command = Command::new(&path);
    command.args(["show", "-json"]).arg(argument(file)).current_dir(directory);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    settle_environment(&mut command);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(|source| ShowError::NotStarted { program: program.clone(), source })?;
    let shown = Run { program, deadline: Instant::now() + show.time, time: show.time, max_size }.wait(&mut child);
    // One that failed has ended; its number may be another's by now.
    if shown.as_ref().is_err_and(|error| !matches!(error, ShowError::Failed { .. })) {
        stop(&mut child);
    }
    shown
}

/// The program by its absolute path: it runs in another directory than this process, where a relative one would name a file
/// that lies beside the plan.
fn find(named: Option<&Path>) -> Result<PathBuf, ShowError> {
    let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
    if let Some(program) = named {
        return which::which(program)
            .map(absolute)
            .map_err(|_| ShowError::NoProgram(format!("program {}", program.display())));
    }
    let found = PROGRAMS.iter().find_map(|program| which::which(program).ok());
    found.map(absolute).ok_or_else(|| ShowError::NoProgram("terraform and no tofu on PATH".to_owned()))
}

/// The file as the program is to see it from its directory, and never as an option.
fn argument(file: &Path) -> OsString {
    let name = file.file_name().unwrap_or(file.as_os_str());
    if name.to_string_lossy().starts_with('-') { Path::new(".").join(name).into_os_string() } else { name.to_owned() }
}

/// Takes out of the environment what would change what `show` prints: arguments that are added to every command, most of
/// which `show` refuses, and logs between the lines of an error. And no look for newer versions: nothing here opens a
/// connection.
///
/// Source: <https://developer.hashicorp.com/terraform/cli/config/environment-variables>
fn settle_environment(command: &mut Command) {
    let changes = |name: &OsStr| {
        let name = name.to_string_lossy();
        name.starts_with("TF_CLI_ARGS") || name == "TF_LOG" || name.starts_with("TF_LOG_")
    };
    for (name, _) in env::vars_os().filter(|(name, _)| changes(name)) {
        command.env_remove(name);
    }
    command.env("CHECKPOINT_DISABLE", "1");
}

/// A program that is running.
struct Run {
    program: String,
    deadline: Instant,
    time: Duration,
    max_size: u64,
}

/// What was read from one of the two streams.
enum Stream {
    Out(io::Result<Vec<u8>>),
    Err(Vec<u8>),
}

impl Run {
    /// Reads both streams at once, so that neither fills up while the program writes to the other, and waits for the end.
    fn wait(self, child: &mut Child) -> Result<Vec<u8>, ShowError> {
        let (sender, receiver) = mpsc::channel();
        if let Some(stream) = child.stdout.take() {
            let limit = self.max_size.saturating_add(1);
            read_beside(&sender, move || {
                let mut bytes = Vec::new();
                Stream::Out(stream.take(limit).read_to_end(&mut bytes).map(|_| bytes))
            });
        }
        if let Some(mut stream) = child.stderr.take() {
            read_beside(&sender, move || {
                let mut bytes = Vec::new();
                // What it says is for people; where it cannot be read, the exit status still tells.
                let _ = stream.by_ref().take(MOST_SAID).read_to_end(&mut bytes);
                let _ = io::copy(&mut stream, &mut io::sink());
                Stream::Err(bytes)
            });
        }
        drop(sender);
        let (out, said) = self.streams(&receiver)?;
        let left = self.deadline.saturating_duration_since(Instant::now());
        let status = child.wait_timeout(left).map_err(|source| self.unreadable(source))?;
        let status = status.ok_or_else(|| self.timed_out())?;
        if !status.success() {
            return Err(ShowError::Failed { program: self.program, status, said: first_lines(&said) });
        }
        if !said.is_empty() {
            tracing::debug!(said = %first_lines(&said), "on standard error");
        }
        Ok(out)
    }

    fn streams(&self, receiver: &Receiver<Stream>) -> Result<(Vec<u8>, Vec<u8>), ShowError> {
        let (mut out, mut said) = (Vec::new(), Vec::new());
        loop {
            match receiver.recv_timeout(self.deadline.saturating_duration_since(Instant::now())) {
                Ok(Stream::Out(read)) => {
                    out = read.map_err(|source| self.unreadable(source))?;
                    if out.len() as u64 > self.max_size {
                        return Err(ShowError::TooLarge { program: self.program.clone(), limit: self.max_size });
                    }
                }
                Ok(Stream::Err(bytes)) => said = bytes,
                Err(mpsc::RecvTimeoutError::Timeout) => return Err(self.timed_out()),
                Err(mpsc::RecvTimeoutError::Disconnected) => return Ok((out, said)),
            }
        }
    }

    fn timed_out(&self) -> ShowError {
        ShowError::TimedOut { program: self.program.clone(), seconds: self.time.as_secs() }
    }

    fn unreadable(&self, source: io::Error) -> ShowError {
        ShowError::Unreadable { program: self.program.clone(), source }
    }
}

/// Reads on a thread of its own. It is not waited for: what the program started may hold a stream open longer than itself.
fn read_beside(sender: &Sender<Stream>, read: impl FnOnce() -> Stream + Send + 'static) {
    let sender = sender.clone();
    thread::spawn(move || {
        // Nobody listens any more once the run is over.
        let _ = sender.send(read());
    });
}

/// Ends the program and, where the system can, what it started (providers, or the real program behind a wrapper), and leaves
/// no zombie. That it has ended already is no fault.
fn stop(child: &mut Child) {
    #[cfg(unix)]
    let _ = rustix::process::kill_process_group(rustix::process::Pid::from_child(child), rustix::process::Signal::KILL);
    let _ = child.kill();
    let _ = child.wait();
}

/// The first lines of what a program says, from the first error on if it names one, without colours, the frame around them
/// and blank ones, behind a colon.
fn first_lines(said: &[u8]) -> String {
    let text = strip_str(&String::from_utf8_lossy(said)).to_string();
    let frame = |c: char| c.is_whitespace() || matches!(c, '╷' | '│' | '╵');
    let lines = text.lines().map(|line| line.trim_matches(frame)).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    // Warnings come first, and have nothing to do with it.
    let start = lines.iter().position(|line| line.starts_with("Error")).unwrap_or_default();
    let lines = lines.iter().skip(start).take(MOST_LINES);
    let lines: Vec<String> = lines.map(|line| line.chars().take(300).collect()).collect();
    if lines.is_empty() { String::new() } else { format!(":\n{}", lines.join("\n")) }
}

#[cfg(test)]
#[cfg(unix)]
#[path = "binary_tests.rs"]
mod tests;
