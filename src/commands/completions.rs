//! `bluehook completions`: the completion script of a shell, made from the command's definition.

use clap::{Args, ValueEnum};

use super::shell::{Problem, Shell, Verdict};

const EXAMPLES: &str = "\
Examples:
  bluehook completions bash > bluehook.bash
  source bluehook.bash";

/// Print the completion script of a shell
///
/// For example: bluehook completions bash > ~/.local/share/bash-completion/completions/bluehook
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
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

    /// The script for this definition.
    pub fn script(self, mut root: clap::Command) -> Vec<u8> {
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
        clap_complete::generate(shell, &mut root, "bluehook", &mut script);
        self.with_files_after_at(script, &root)
    }

    /// Completes the file after `@`, too, as `--data` and `--header` take it: the generator knows
    /// plain files only.
    fn with_files_after_at(self, script: Vec<u8>, root: &clap::Command) -> Vec<u8> {
        let Ok(script) = String::from_utf8(script) else {
            return Vec::new();
        };
        let script = match self {
            Self::Bash => script.replacen(
                "    prev=\"$3\"\n",
                "    prev=\"$3\"\n    if [[ \"$cur\" == @* ]]; then\n        COMPREPLY=($(compgen -P @ -f -- \"${cur#@}\"))\n        return 0\n    fi\n",
                1,
            ),
            Self::Zsh => script
                .replace(":DATA:_default", ":DATA:{compset -P @; _files}")
                .replace(":NAME\\: VALUE:_default", ":NAME\\: VALUE:{compset -P @; _files}")
                .replace(":NAME: VALUE:_default", ":HEADER:{compset -P @; _files}"),
            Self::Fish => {
                let takes = |line: &str| line.contains(" -l data") || line.contains(" -l header");
                let mut lines: String = "# The files after @.\nfunction __fish_bluehook_at\n    set -l token (commandline -ct)\n    string match -q '@*' -- $token; or return\n    for path in (__fish_complete_path (string sub -s 2 -- $token))\n        printf '@%s\\n' $path\n    end\nend\n\n".into();
                for line in script.lines() {
                    lines.push_str(line);
                    if takes(line) && line.ends_with(" -r") {
                        lines.push_str(" -a '(__fish_bluehook_at)'");
                    }
                    lines.push('\n');
                }
                lines + &fish_names(root)
            }
            Self::Elvish | Self::PowerShell => script,
        };
        script.into_bytes()
    }
}

/// The names that stand alone, as in `events NAME`, which fish's generator leaves out.
fn fish_names(root: &clap::Command) -> String {
    let mut lines = String::new();
    for command in root.get_subcommands() {
        for name in command.get_positionals() {
            let values = name.get_possible_values();
            let values: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
            if !values.is_empty() {
                lines.push_str(&format!(
                    "complete -c bluehook -n \"__fish_bluehook_using_subcommand {}\" -f -a \"{}\"\n",
                    command.get_name(),
                    values.join(" ")
                ));
            }
        }
    }
    lines
}

impl Completions {
    /// Prints the script.
    ///
    /// # Errors
    /// It could not be written.
    pub(super) fn run(self, shell: &mut Shell, root: clap::Command) -> Result<Verdict, Problem> {
        shell.out.print(self.shell.script(root))?;
        Ok(Verdict::Yes)
    }
}
