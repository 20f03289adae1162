//! A fault of the program itself: said in words, without what the plan holds, and never a pass.

use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

/// Where the last panic was. Its message is not kept: it may quote a value of the plan.
static PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Runs `program`; a panic in it ends in exit status 2.
pub(super) fn guard(program: impl FnOnce() -> ExitCode) -> ExitCode {
    // Whoever catches a panic elsewhere says so himself; what is not caught is told here, once.
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|location| format!("{}:{}", location.file(), location.line()));
        *PLACE.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
    caught(program).unwrap_or_else(|text| {
        // It can be said nowhere else, and the exit status says it too.
        let _ = io::stderr().lock().write_all(text.as_bytes());
        ExitCode::from(2)
    })
}

fn caught(program: impl FnOnce() -> ExitCode) -> Result<ExitCode, String> {
    panic::catch_unwind(AssertUnwindSafe(program)).map_err(|_| {
        let place = PLACE.lock().unwrap_or_else(PoisonError::into_inner).take();
        let place = place.map(|place| format!(" ({})", short(&place))).unwrap_or_default();
        format!(
            "error: oacguard stopped because of a fault of its own{place}; there is no verdict\n  \
             Please report it with the shape of the plan, but without the plan itself: plans hold secrets.\n"
        )
    })
}

/// The place inside the package, without the folders of the machine it was built on.
fn short(place: &str) -> &str {
    place.rfind("src/").or_else(|| place.rfind("src\\")).and_then(|at| place.get(at..)).unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_without_what_it_quotes() {
        let text = caught(|| panic!("a value")).unwrap_err();
        assert!(text.contains("no verdict") && !text.contains("a value"), "{text}");
    }

    #[test]
    fn a_place_has_no_folders_of_the_machine() {
        assert_eq!(short("/home/x/.cargo/dep/src/a.rs:3"), "src/a.rs:3");
    }
}
