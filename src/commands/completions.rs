//! `bluehook completions`: the completion script of a shell, made from the command's definition.

use clap::{Args, CommandFactory as _, ValueEnum};

use super::{Bluehook, Problem, Shell, Verdict};

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: ShellName,
}

/// The shells that scripts are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)] // The names are the shells.
pub enum ShellName {
    Bash,
    Zsh,
    Fish,
    Elvish,
    #[value(name = "powershell")]
    PowerShell,
}

impl ShellName {
    /// The file in which the shell looks for the script.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Bash => "bluehook.bash",
            Self::Zsh => "_bluehook",
            Self::Fish => "bluehook.fish",
            Self::Elvish => "bluehook.elv",
            Self::PowerShell => "_bluehook.ps1",
        }
    }

    /// The script.
    pub fn script(self) -> Vec<u8> {
        use clap_complete::Shell;
        let shell = match self {
            Self::Bash => Shell::Bash,
            Self::Zsh => Shell::Zsh,
            Self::Fish => Shell::Fish,
            Self::Elvish => Shell::Elvish,
            Self::PowerShell => Shell::PowerShell,
        };
        // Into memory first: clap_complete panics when its writer fails.
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Bluehook::command(), "bluehook", &mut script);
        script
    }
}

impl Completions {
    /// Prints the script.
    ///
    /// # Errors
    /// It could not be written.
    pub(super) fn run(self, shell: &mut Shell) -> Result<Verdict, Problem> {
        shell.out.print(self.shell.script())?;
        Ok(Verdict::Yes)
    }
}
