//! `bluehook check`: genuine, forged and odd deliveries to a receiver, and what its answers tell.

mod again;
mod battery;
mod exchange;
mod first;
mod near;

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

use clap::Args;
use glob::Pattern;

use self::again::Again;
use self::battery::Battery;
use self::exchange::Wire;
use super::compose::{self, OwnHeaders};
use super::filter;
use super::settings::Settings;
use super::transport::{self, Interrupts, Transport};
use super::{Problem, Shell, Verdict as Ending, input};
use crate::cli::{self, Data, HeaderOption, Output, ProfileChoice, SchemeChoice, Secrets};
use crate::conformance::{Case, Finding, Kit, Verdict, cases};
use crate::delivery::Headers;
use crate::nearest::nearest;
use crate::sender::{Load, Url};
use crate::show::{check, lines};

const EXAMPLES: &str = "\
Examples:
  bluehook check --list
  bluehook check --list --only 'refuses/*' --skip '*/by-timing'";

/// Does a receiver accept what it must, and refuse what it must?
///
/// Sends genuine, forged and odd deliveries to a receiver of yours, judges its answers, and says
/// of each fault why it matters and how to mend it. Exit code 0 when nothing failed, 1 when
/// something did, 3 when the receiver cannot be reached. For example:
/// bluehook check http://localhost:3000/hooks/blue --secret-file secret
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Check {
    /// The receiver: a URL, or short for localhost: 3000, :3000/path, localhost:3000/path
    #[arg(required_unless_present_any = ["webhook", "list"])]
    pub url: Option<Url>,
    /// List the cases and send nothing
    #[arg(long, help_heading = "Cases")]
    pub list: bool,
    /// Only the cases whose name or group matches: refuses/*, or quick,leaks
    #[arg(long, value_name = "GLOB", value_delimiter = ',', value_parser = pattern, help_heading = "Cases")]
    pub only: Vec<Pattern>,
    /// Not the cases whose name or group matches
    #[arg(long, value_name = "GLOB", value_delimiter = ',', value_parser = pattern, help_heading = "Cases")]
    pub skip: Vec<Pattern>,
    /// Send to an address outside this machine and its private networks: only to what is yours
    #[arg(long, help_heading = "Cases")]
    pub allow_remote: bool,
    /// A body that the receiver accepts, instead of a sample: text, @FILE, or - for standard input
    #[arg(short, long, value_name = "DATA", allow_hyphen_values = true, value_parser = cli::data(), help_heading = "What")]
    pub data: Option<Data>,
    /// A further header, in curl's syntax; @FILE reads them from a file
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = cli::header(), help_heading = "What")]
    pub header: Vec<HeaderOption>,
    /// The word that you chose for the provider's handshake, such as Meta's hub.verify_token
    #[arg(long, value_name = "TOKEN", help_heading = "What")]
    pub verify_token: Option<String>,
    #[command(flatten)]
    /// The secret.
    pub secrets: Secrets,
    #[command(flatten)]
    /// The scheme.
    pub scheme: SchemeChoice,
    /// The receiver's public URL, which is signed instead of the one that is sent to, for schemes
    /// that sign it
    #[arg(long, value_name = "BASE", help_heading = "Scheme")]
    pub public_url: Option<Url>,
    #[command(flatten)]
    /// The profile.
    pub profile: ProfileChoice,
    #[command(flatten)]
    /// How to deliver.
    pub transport: Transport,
    /// Write the report as JUnit XML, for CI
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub junit: Option<PathBuf>,
    #[command(flatten)]
    /// Where the output goes.
    pub output: Output,
}

fn pattern(text: &str) -> Result<Pattern, String> {
    filter::glob(text, "refuses/*")
}

impl Check {
    /// Sends the battery and tells what it came to.
    ///
    /// # Errors
    /// The options contradict each other, or the receiver cannot be reached.
    pub(super) fn run(mut self, shell: &mut Shell) -> Result<Ending, Problem> {
        let selected = self.selected()?;
        if self.list {
            let text = check::list(selected, shell.out.width, shell.out.style);
            shell.out.print(text)?;
            return Ok(Ending::Yes);
        }
        let (kit, url) = self.kit(shell)?;
        let sender = self.transport.sender(32)?;
        if !self.allow_remote {
            sender.pin(&url, near::addresses(&url)?);
        }
        let interrupts = Interrupts::heed()?;
        let wire = Wire::new(&sender, &url, &interrupts.halt);
        let again = Again::new(&self, &kit, &url);
        let first = first::look(&kit, &wire, &again)?;
        let report = self.junit.as_deref().map(created).transpose()?;
        let findings = match first {
            first::Seen::Fault(fault) => fault.findings(&selected),
            first::Seen::Answer(answer) => {
                let battery = Battery::new(&kit, &wire, &again, &interrupts.halt, answer);
                self.send(shell, battery, &selected)?
            }
        };
        self.tell(shell, &findings)?;
        if let (Some(mut file), Some(path)) = (report, &self.junit) {
            let xml = check::junit(&findings, &url.to_string(), (shell.now)());
            file.write_all(xml.as_bytes())
                .map_err(|error| unwritable(path, error))?;
        }
        let failed = findings.iter().any(|it| it.verdict == Verdict::Fail);
        Ok(interrupts.or(Ending::from(!failed)))
    }

    /// The cases that are meant.
    fn selected(&self) -> Result<Vec<&'static Case>, Problem> {
        let is_it = |pattern: &Pattern, case: &Case| {
            pattern.matches(case.name) || pattern.as_str() == case.group()
        };
        for pattern in self.only.iter().chain(&self.skip) {
            if !cases().iter().any(|case| is_it(pattern, case)) {
                let problem = Problem::wrong(format!("no case matches {pattern}"));
                return Err(problem.hint(hint(pattern.as_str())));
            }
        }
        let any = |patterns: &[Pattern], case: &Case| patterns.iter().any(|it| is_it(it, case));
        let meant = |case: &&Case| {
            (self.only.is_empty() || any(&self.only, case)) && !any(&self.skip, case)
        };
        let selected: Vec<&Case> = cases().iter().filter(meant).collect();
        match selected.is_empty() {
            true => Err(Problem::wrong("no case is left to send")),
            false => Ok(selected),
        }
    }

    /// What makes the deliveries, and where they go.
    fn kit(&mut self, shell: &mut Shell) -> Result<(Kit, Url), Problem> {
        let mut settings = Settings::of(shell, &self.profile)?;
        let scheme = settings.scheme(shell, &self.scheme)?;
        let secrets = settings.some_secrets(shell, &self.secrets, "")?;
        settings.say(shell, self.output.talk.verbose)?;
        let url = compose::url_of(self.url.take(), &settings)?
            .ok_or_else(|| Problem::wrong("there is no URL to send to"))?;
        let data = match &self.data {
            Some(data) => Some(input::data(shell, data)?),
            None => None,
        };
        let mut random = [0; 6];
        (shell.random)(&mut random).map_err(Problem::failed)?;
        let signed_url = match &self.public_url {
            Some(base) => base.join(url.target()),
            None => url.clone(),
        };
        let kit = Kit {
            scheme,
            secrets,
            url: signed_url.to_string(),
            target: url.target().to_owned(),
            headers: self.headers(shell, &url)?,
            data,
            verify_token: self.verify_token.clone(),
            run: hex::encode(random),
            now: shell.now,
            ids: AtomicU64::new(0),
        };
        Ok((kit, url))
    }

    /// The headers that every delivery has: ours, and those of `-H` in their place.
    fn headers(&self, shell: &mut Shell, url: &Url) -> Result<Headers, Problem> {
        let mut headers = compose::draft(url, Vec::new()).headers;
        OwnHeaders::read(shell, &self.header)?.put(&mut headers);
        Ok(headers)
    }

    /// All cases in their order, with how far it is on a terminal.
    fn send(
        &self,
        shell: &mut Shell,
        battery: Battery,
        selected: &[&'static Case],
    ) -> Result<Vec<Finding>, Problem> {
        let quiet = self.output.talk.quiet;
        if !quiet {
            let sentence = battery.announcement(selected);
            shell.err.say(sentence)?;
        }
        let load = Load {
            deliveries: Some(selected.len() as u64),
            duration: None,
            concurrency: 1,
            rate: None,
        };
        let bar = transport::progress(shell, &load, !quiet);
        let findings = battery.findings(selected, || bar.inc(1));
        bar.finish_and_clear();
        Ok(findings)
    }

    fn tell(&self, shell: &mut Shell, findings: &[Finding]) -> Result<(), Problem> {
        let talk = self.output.talk;
        if self.output.json {
            for finding in findings {
                let line = lines::to_bytes(&check::CaseLine::from(finding));
                shell.out.print(line.map_err(Problem::failed)?)?;
            }
            let line = lines::to_bytes(&check::SummaryLine::of(findings));
            shell.out.print(line.map_err(Problem::failed)?)?;
        } else if !talk.quiet {
            let (width, style) = (shell.out.width, shell.out.style);
            let text = check::report(findings, talk.verbose, width, style);
            shell.out.print(text)?;
        }
        Ok(())
    }
}

/// The name that was probably meant by a glob that matches none.
fn hint(glob: &str) -> String {
    let groups = || cases().iter().map(Case::group);
    let meant = match glob.split_once('/') {
        Some((group, rest)) if !groups().any(|it| it == group) => {
            nearest(group, groups()).map(|group| format!("{group}/{rest}"))
        }
        Some(_) => nearest(glob, cases().iter().map(|case| case.name)).map(str::to_owned),
        None => nearest(glob, groups()).map(str::to_owned),
    };
    match meant {
        Some(meant) => format!("did you mean {meant}? bluehook check --list shows them all"),
        None => "bluehook check --list shows them".into(),
    }
}

/// The file for the report, emptied before anything is sent: what stands in it afterwards is of
/// this run.
fn created(path: &Path) -> Result<File, Problem> {
    File::create(path).map_err(|error| unwritable(path, error))
}

fn unwritable(path: &Path, error: std::io::Error) -> Problem {
    Problem::failed(error).context(format!("could not write {}", path.display()))
}
