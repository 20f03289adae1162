//! `oacguard completions`: what a shell needs to complete the command line.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::console::Console;
use super::{Cli, Status};

const AFTER_HELP: &str = "\
Examples:
  oacguard completions bash > ~/.local/share/bash-completion/completions/oacguard
  oacguard completions zsh > ~/.zfunc/_oacguard
      With `fpath+=~/.zfunc` before `compinit` in ~/.zshrc.
  oacguard completions fish > ~/.config/fish/completions/oacguard.fish";

/// Print the script that lets a shell complete the command line
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Arguments {
    /// Prints the script.
    pub(crate) fn run(&self, console: &Console) -> Status {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), env!("CARGO_PKG_NAME"), &mut script);
        console.deliver(&String::from_utf8_lossy(&script))
    }
}
