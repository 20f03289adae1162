//! The program: everything it does is in the library, so that tests and other programs can do it too.

use std::process::ExitCode;

fn main() -> ExitCode {
    oacguard::cli::main()
}
