//! `bluehook completions`: the completion script of a shell, made from the command's definition.

use clap::{Args, ValueEnum};

use super::settings;
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
    #[arg(value_enum, required_unless_present = "profiles")]
    pub shell: Option<ShellName>,
    /// Print the names that -w takes here; the scripts ask for them while somebody types.
    #[arg(long, hide = true, conflicts_with = "shell")]
    pub profiles: bool,
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

/// Values that are offered behind a word of a command: an option, or the command's own name.
struct Offered {
    command: String,
    words: Vec<String>,
    names: Vec<String>,
    is_option: bool,
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

    /// The script for this definition: the generator's, and what it leaves out. That is the file
    /// after `@`, as `--data` and `--header` take it, and the profiles; in some shells any value.
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
        let script = String::from_utf8_lossy(&script);
        // The generator shows what is hidden, too.
        let is_hidden = |line: &&str| line.contains("--profiles") && !line.contains("opts=");
        let script: String = (script.lines().filter(|line| !is_hidden(line)))
            .filter(|line| !line.contains("-l profiles"))
            .map(|line| line.replace(" --profiles", "") + "\n")
            .collect();
        let offered = offered(&root);
        match self {
            Self::Bash => bash(&script),
            Self::Zsh => zsh(&script),
            Self::Fish => fish(&script, &offered),
            Self::Elvish => elvish(&script, &offered),
            Self::PowerShell => powershell(&script, &offered),
        }
        .into_bytes()
    }
}

/// All values that are known, of all commands.
fn offered(root: &clap::Command) -> Vec<Offered> {
    let mut offered = Vec::new();
    for command in root.get_subcommands() {
        for arg in command.get_arguments() {
            let values = arg.get_possible_values();
            if values.is_empty() || !arg.get_action().takes_values() {
                continue;
            }
            let short = arg.get_short().map(|name| format!("-{name}"));
            let long = arg.get_long().map(|name| format!("--{name}"));
            let own = arg.is_positional().then(|| command.get_name().to_owned());
            offered.push(Offered {
                command: command.get_name().to_owned(),
                words: [short, long, own].into_iter().flatten().collect(),
                names: (values.iter().map(|value| value.get_name().to_owned())).collect(),
                is_option: !arg.is_positional(),
            });
        }
    }
    offered
}

fn bash(script: &str) -> String {
    const FILES_AFTER_AT: &str = r#"    prev="$3"
    if [[ "$cur" == @* ]]; then
        COMPREPLY=($(compgen -P @ -f -- "${cur#@}"))
        return 0
    fi
"#;
    const FILES: &str = r#"COMPREPLY=($(compgen -f "${cur}"))"#;
    const PROFILES: &str =
        r#"COMPREPLY=($(compgen -W "$("$1" completions --profiles 2>/dev/null)" -- "${cur}"))"#;
    let mut script = script.replacen("    prev=\"$3\"\n", FILES_AFTER_AT, 1);
    for option in ["--webhook", "-w"] {
        let behind = |action: &str| format!("{option})\n                    {action}");
        script = script.replace(&behind(FILES), &behind(PROFILES));
    }
    script
}

fn zsh(script: &str) -> String {
    const PROFILES: &str = r#"
_bluehook_profiles() {
    local -a names
    names=(${(f)"$(_call_program profiles bluehook completions --profiles 2>/dev/null)"})
    compadd -a names
}

_bluehook() {
"#;
    let mut lines = String::with_capacity(script.len());
    for line in script.lines() {
        let is_profile = line.starts_with("'-w+[") || line.starts_with("'--webhook=[");
        lines.push_str(&match is_profile {
            true => line.replace(":NAME:_default", ":NAME:_bluehook_profiles"),
            false => line.to_owned(),
        });
        lines.push('\n');
    }
    lines
        .replacen("\n_bluehook() {\n", PROFILES, 1)
        .replace(":DATA:_default", ":DATA:{compset -P @; _files}")
        .replace(
            ":NAME\\: VALUE:_default",
            ":NAME\\: VALUE:{compset -P @; _files}",
        )
        .replace(":NAME: VALUE:_default", ":HEADER:{compset -P @; _files}")
}

fn fish(script: &str, offered: &[Offered]) -> String {
    const FILES_AFTER_AT: &str = r#"# The files after @.
function __fish_bluehook_at
    set -l token (commandline -ct)
    string match -q '@*' -- $token; or return
    for path in (__fish_complete_path (string sub -s 2 -- $token))
        printf '@%s\n' $path
    end
end

"#;
    let mut lines = FILES_AFTER_AT.to_owned();
    for line in script.lines() {
        lines.push_str(line);
        let takes = |option: &str| line.contains(option) && line.ends_with(" -r");
        if takes(" -l data") || takes(" -l header") {
            lines.push_str(" -a '(__fish_bluehook_at)'");
        } else if takes(" -l webhook ") {
            lines.push_str(" -f -a '(bluehook completions --profiles 2>/dev/null)'");
        }
        lines.push('\n');
    }
    for Offered { command, names, .. } in offered.iter().filter(|offered| !offered.is_option) {
        lines.push_str(&format!(
            "complete -c bluehook -n \"__fish_bluehook_using_subcommand {command}\" -f -a \"{}\"\n",
            names.join(" ")
        ));
    }
    lines
}

/// The generator offers elvish options only.
fn elvish(script: &str, offered: &[Offered]) -> String {
    let mut made = "    var values = [\n".to_owned();
    for one in offered {
        for word in &one.words {
            let (command, names) = (&one.command, one.names.join(" "));
            made.push_str(&format!("        &'{command} {word}'= [{names}]\n"));
        }
    }
    made.push_str(
        r#"    ]
    var asked = $words[1]' '$words[-2]
    if (str:has-prefix $words[-1] '@') {
        edit:complete-filename $words[-1][1..] | each {|file|
            edit:complex-candidate '@'$file[stem] &code-suffix=$file[code-suffix]
        }
    } elif (has-value [-w --webhook] $words[-2]) {
        bluehook completions --profiles | from-lines
    } elif (has-key $values $asked) {
        all $values[$asked]
    } elif (has-key $completions $command) {
        $completions[$command]
    }
"#,
    );
    script.replacen("    $completions[$command]\n", &made, 1)
}

/// The generator offers PowerShell options only. There, a word that begins with @ stands in quotes.
fn powershell(script: &str, offered: &[Offered]) -> String {
    const FILES_AFTER_AT: &str = r#"
    $typed = $wordToComplete.Trim("'", '"')
    if ($typed.StartsWith('@')) {
        [CompletionCompleters]::CompleteFilename($typed.Substring(1)) | ForEach-Object {
            $file = "'@" + $_.CompletionText.Trim("'", '"', '&', ' ') + "'"
            [CompletionResult]::new($file, $_.ListItemText, $_.ResultType, $_.ToolTip)
        }
        return
    }
    $before = @($commandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition })
    $values = @(switch ("$($before[1]) $($before[-1])") {
"#;
    let mut made = FILES_AFTER_AT.to_owned();
    for Offered {
        command,
        words,
        names,
        ..
    } in offered
    {
        for word in words {
            let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
            made.push_str(&format!(
                "        '{command} {word}' {{ {} }}\n",
                names.join(", ")
            ));
        }
    }
    made.push_str(
        r#"        { $_ -match ' (-w|--webhook)$' } { bluehook completions --profiles 2>$null }
    })
    if ($values) {
        $values | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
            [CompletionResult]::new($_, $_, [CompletionResultType]::ParameterValue, $_)
        }
        return
    }
"#,
    );
    const HEAD: &str = "    $commandElements = $commandAst.CommandElements\n";
    script.replacen(HEAD, &(HEAD.to_owned() + &made), 1)
}

impl Completions {
    /// Prints the script, or the profiles.
    ///
    /// # Errors
    /// It could not be written.
    pub(super) fn run(self, shell: &mut Shell, root: clap::Command) -> Result<Verdict, Problem> {
        match self.shell {
            Some(name) => shell.out.print(name.script(root))?,
            None => {
                for name in settings::profile_names(shell) {
                    shell.out.print(format!("{name}\n"))?;
                }
            }
        }
        Ok(Verdict::Yes)
    }
}
