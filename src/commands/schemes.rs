//! `bluehook schemes`: the signature schemes, and the record of each.

use clap::Args;

use super::settings::Settings;
use super::shell::{Problem, Shell, Verdict};
use crate::cli::{self, ProfileChoice};
use crate::show::fit;
use crate::show::harmless;
use crate::show::lines::{self, SchemeLine};
use crate::show::style::Style;
use crate::signing::Scheme;

const EXAMPLES: &str = "\
Examples:
  bluehook schemes
  bluehook schemes github > mine.toml
  bluehook schemes --json";

/// List the signature schemes; with a name, print its record in TOML
///
/// A record can be saved, changed, and used with --scheme-file or as [scheme.NAME] in bluehook.toml.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Schemes {
    /// The scheme whose record to print, such as github
    #[arg(value_parser = cli::scheme_name(false), hide_possible_values = true)]
    pub name: Option<String>,
    /// Print the list as JSON, one object a line
    #[arg(long, conflicts_with = "name", help_heading = "Output")]
    pub json: bool,
}

impl Schemes {
    /// Prints the list or a record.
    ///
    /// # Errors
    /// There is no scheme of that name, or the user's own are wrong.
    pub(super) fn run(self, shell: &mut Shell) -> Result<Verdict, Problem> {
        let mut settings = Settings::of(shell, &ProfileChoice::default())?;
        if let Some(name) = &self.name {
            let record = match Scheme::record(name) {
                Some(record) => record.to_owned(),
                None => {
                    let scheme = settings.scheme_named(shell, name, "")?;
                    let record = toml::to_string(&scheme).map_err(Problem::failed)?;
                    harmless::lines(record.as_bytes()).into_owned()
                }
            };
            shell.out.print(record)?;
            return Ok(Verdict::Yes);
        }
        let mut schemes: Vec<Scheme> = Scheme::names().filter_map(Scheme::named).collect();
        schemes.extend(settings.own_schemes(shell)?);
        if self.json {
            for scheme in &schemes {
                let line = SchemeLine {
                    scheme: &scheme.name,
                    aliases: &scheme.aliases,
                    headers: scheme.signature_headers(),
                    about: &scheme.about,
                };
                shell
                    .out
                    .print(lines::to_bytes(&line).map_err(Problem::failed)?)?;
            }
        } else {
            shell
                .out
                .print(list(&schemes, shell.out.style, shell.out.line_width()))?;
        }
        Ok(Verdict::Yes)
    }
}

fn list(schemes: &[Scheme], style: Style, width: usize) -> String {
    let widest = schemes
        .iter()
        .map(|scheme| fit::columns(&scheme.name))
        .max()
        .unwrap_or(0);
    schemes
        .iter()
        .map(|scheme| {
            let name = fit::padded(&harmless::line(scheme.name.as_bytes()), widest);
            let also = match scheme.aliases.as_slice() {
                [] => String::new(),
                names => format!(" (also {})", names.join(", ")),
            };
            let about = harmless::line(format!("{}{also}", scheme.about).as_bytes()).into_owned();
            let at = widest + 2;
            format!(
                "{}  {}\n",
                style.name(name),
                fit::wrapped(&about, at, at, width)
            )
        })
        .collect()
}
