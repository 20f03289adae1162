//! Binary plans and the programs that show them, well and ill: each a small shell script.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;

/// A directory with a binary plan, and another one with a program of this script.
fn stand_in(script: &str) -> (TempDir, PathBuf, Show) {
    let root = tempfile::tempdir().unwrap();
    let plan = root.path().join("stack").join("tfplan");
    fs::create_dir(plan.parent().unwrap()).unwrap();
    fs::write(&plan, b"PK\x03\x04").unwrap();
    let (draft, program) = (root.path().join("draft"), root.path().join("stand-in"));
    fs::write(&draft, format!("#!/bin/sh\n{script}\n")).unwrap();
    // A file that was just written cannot be run while another thread is starting a program, which has it open for a moment.
    assert!(Command::new("cp").args([&draft, &program]).status().unwrap().success());
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    (root, plan, Show { program: Some(program), time: Duration::from_secs(20) })
}

fn shown(script: &str) -> Result<String, ShowError> {
    let (_root, plan, how) = stand_in(script);
    show(&plan, 1 << 20, &how).map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn it_runs_in_the_directory_of_the_plan_with_the_plans_name() {
    let (root, plan, how) = stand_in(r#"printf '%s|' "$(pwd -P)" "$@""#);
    let directory = fs::canonicalize(root.path()).unwrap().join("stack");
    let expected = format!("{}|show|-json|tfplan|", directory.display());
    assert_eq!(show(&plan, 1 << 20, &how).unwrap(), expected.as_bytes());
}

#[test]
fn a_name_is_never_an_option_and_needs_no_shell() {
    for (name, expected) in [("-chdir=x", "./-chdir=x"), ("a b; $(touch c) 'd'", "a b; $(touch c) 'd'")] {
        assert_eq!(argument(&Path::new("stack").join(name)), expected);
    }
    let (_root, plan, how) = stand_in(r#"printf '%s' "$3""#);
    let odd = plan.with_file_name("a b; $(touch c)");
    fs::rename(&plan, &odd).unwrap();
    assert_eq!(show(&odd, 1 << 20, &how).unwrap(), b"a b; $(touch c)");
    assert!(!odd.with_file_name("c").exists());
}

#[test]
fn nothing_that_waits_for_an_answer_gets_one() {
    assert_eq!(shown("cat; printf end").unwrap(), "end");
}

#[test]
fn much_on_both_streams_at_once_is_read() {
    let much = "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); \
                printf '%0100d' $i; printf '%0100d\n' $i >&2; done";
    assert_eq!(shown(much).unwrap().len(), 300_000);
}

#[test]
fn a_failure_shows_the_first_lines_that_the_program_says() {
    let script = "printf '\\033[31m╷\\033[0m\\n│ Error: bad file\\n│ \\n│ it is none\\n╵\\n' >&2; printf '{}'; exit 3";
    let error = shown(script).unwrap_err();
    assert_eq!(error.kind(), "show-failed");
    let text = error.to_string();
    assert!(text.contains("(exit status: 3):\nError: bad file\nit is none"), "{text}");
    assert!(text.starts_with("`stand-in show -json` failed") && text.ends_with("it is none"), "{text}");
    let warned = shown("printf 'Warning: old\n\nError: bad\nworse\n' >&2; exit 1").unwrap_err().to_string();
    assert!(warned.ends_with(":\nError: bad\nworse"), "{warned}");
    let quiet = shown("exit 1").unwrap_err().to_string();
    assert!(quiet.ends_with("(exit status: 1)"), "{quiet}");
    let killed = shown("kill -9 $$").unwrap_err();
    assert!(matches!(killed, ShowError::Failed { .. }) && killed.to_string().contains("signal: 9"), "{killed}");
}

#[test]
fn more_than_is_allowed_is_refused_at_once() {
    let (_root, plan, how) = stand_in("printf 123456789; exec sleep 60");
    let started = Instant::now();
    assert!(matches!(show(&plan, 8, &how), Err(ShowError::TooLarge { limit: 8, .. })));
    assert!(started.elapsed() < Duration::from_secs(15));
    let (_root, plan, how) = stand_in("printf 12345678");
    assert_eq!(show(&plan, 8, &how).unwrap(), b"12345678");
}

/// Whether a process is there, be it as a zombie.
fn exists(pid: &str) -> bool {
    Command::new("kill").args(["-0", pid]).stderr(Stdio::null()).status().unwrap().success()
}

#[test]
fn at_the_limit_it_is_killed_with_what_it_started() {
    // The shell is a wrapper here: another program holds both streams open.
    let (root, plan, mut how) = stand_in("sleep 60 & echo $$ $! > ../pids; wait");
    how.time = Duration::from_millis(1500);
    let started = Instant::now();
    let error = show(&plan, 1 << 20, &how).unwrap_err();
    assert!(matches!(error, ShowError::TimedOut { .. }), "{error}");
    assert!(started.elapsed() < Duration::from_secs(15));
    let pids = fs::read_to_string(root.path().join("pids")).unwrap();
    let (shell, sleep) = pids.trim().split_once(' ').unwrap();
    assert!(!exists(shell), "neither it nor a zombie is left");
    // Whoever adopts the other one may take a moment to notice that it is dead.
    let gone = (0..100).any(|_| {
        thread::sleep(Duration::from_millis(50));
        !exists(sleep)
    });
    assert!(gone || is_zombie(sleep), "{sleep} goes on");
}

/// In a container without an init nobody adopts what is left behind, and the dead stay listed.
fn is_zombie(pid: &str) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

#[test]
fn one_that_ends_and_leaves_another_with_its_streams_does_not_hold_up_for_ever() {
    let (_root, plan, mut how) = stand_in("printf '{}'; sleep 60 &");
    how.time = Duration::from_millis(1500);
    assert!(matches!(show(&plan, 1 << 20, &how), Err(ShowError::TimedOut { .. })));
}

#[test]
fn a_program_that_is_not_there_or_not_to_be_run_is_said() {
    let (root, plan, how) = stand_in("");
    let program = how.program.clone().unwrap();
    let kind = |program: PathBuf| {
        let how = Show { program: Some(program), ..how.clone() };
        show(&plan, 1 << 20, &how).unwrap_err().kind()
    };
    assert_eq!(kind(root.path().join("nowhere")), "show-no-program");
    assert_eq!(kind(root.path().to_owned()), "show-no-program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(kind(program), "show-no-program");
    let (_root, plan, how) = stand_in("");
    let program = how.program.clone().unwrap();
    fs::write(&program, "#!/no/such/interpreter\n").unwrap();
    assert_eq!(show(&plan, 1 << 20, &how).unwrap_err().kind(), "show-not-started");
}

#[test]
fn only_an_archive_is_taken_for_a_binary_plan() {
    assert!(is_binary_plan(b"PK\x03\x04rest") && is_binary_plan(b"PK\x05\x06"));
    assert!(!is_binary_plan(b"PK") && !is_binary_plan(b"{\"PK\": 1}") && !is_binary_plan(b""));
}
