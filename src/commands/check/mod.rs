//! `bluehook check`: genuine, forged and odd deliveries to a receiver, and what its answers tell.

use std::net::{IpAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use glob::Pattern;

use super::compose;
use super::settings::Settings;
use super::transport::{self, Transport};
use super::{Problem, Shell, Verdict as Ending, input};
use crate::cli::{self, Data, HeaderOption, Output, ProfileChoice, SchemeChoice, Secrets};
use crate::config::SecretSource;
use crate::conformance::{
    Case, Finding, How, Kit, Outcome, Probe, Reply, Right, Seen, Verdict, cases, judge,
};
use crate::sender::{self, Failure, Load, Phase, Sender, Url};
use crate::show::{check, lines};
use crate::signing::record::words::Algorithm;

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
    /// Only the cases whose name matches: refuses/*
    #[arg(long, value_name = "GLOB", value_parser = pattern, help_heading = "Cases")]
    pub only: Vec<Pattern>,
    /// Not the cases whose name matches
    #[arg(long, value_name = "GLOB", value_parser = pattern, help_heading = "Cases")]
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
    Pattern::new(text).map_err(|error| error.to_string())
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
        let mut settings = Settings::of(shell, &self.profile)?;
        let scheme = settings.scheme(shell, &self.scheme)?;
        let secrets = settings.some_secrets(shell, &self.secrets, "")?;
        settings.say(shell, self.output.talk.verbose)?;
        let url = compose::url_of(self.url.take(), &settings)?
            .ok_or_else(|| Problem::wrong("there is no URL to send to"))?;
        if !self.allow_remote {
            refuse_remote(&url)?;
        }
        let data = match &self.data {
            Some(data) => Some(input::data(shell, data)?),
            None => None,
        };
        let mut headers = compose::draft(&url, Vec::new()).headers;
        let extra = input::headers(shell, &self.header)?;
        for header in extra.iter() {
            headers.remove(&header.name);
        }
        headers.extend(extra.clone());
        for name in input::removed_headers(&self.header) {
            headers.remove(name);
        }
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
            headers,
            data,
            verify_token: self.verify_token.clone(),
            run: hex::encode(random),
            now: shell.now,
            ids: AtomicU64::new(0),
        };
        let sender = self.transport.sender(32)?;
        let mut run = Run {
            check: &self,
            kit: &kit,
            sender: &sender,
            url: &url,
            seen: Seen::default(),
            lost: None,
        };
        let sentence = run.recognised()?;
        let findings = run.go(shell, &selected, sentence.as_ref())?;
        self.tell(
            shell,
            &url,
            &findings,
            sentence.as_ref().map(|it| it.1.as_str()),
        )?;
        let failed = findings.iter().any(|it| it.verdict == Verdict::Fail);
        Ok(Ending::from(!failed))
    }

    /// The cases that are meant.
    fn selected(&self) -> Result<Vec<&'static Case>, Problem> {
        let any = |patterns: &[Pattern], case: &Case| {
            let is_it =
                |pattern: &Pattern| pattern.matches(case.name) || pattern.as_str() == case.group();
            patterns.iter().any(is_it)
        };
        for pattern in self.only.iter().chain(&self.skip) {
            if !cases()
                .iter()
                .any(|case| any(std::slice::from_ref(pattern), case))
            {
                let problem = Problem::wrong(format!("no case matches {pattern}"));
                return Err(problem.hint("bluehook check --list shows them"));
            }
        }
        let meant = |case: &&Case| {
            (self.only.is_empty() || any(&self.only, case)) && !any(&self.skip, case)
        };
        let selected: Vec<&Case> = cases().iter().filter(meant).collect();
        match selected.is_empty() {
            true => Err(Problem::wrong("no case is left to send")),
            false => Ok(selected),
        }
    }

    fn tell(
        &self,
        shell: &mut Shell,
        url: &Url,
        findings: &[Finding],
        sentence: Option<&str>,
    ) -> Result<(), Problem> {
        if let Some(path) = &self.junit {
            let xml = check::junit(findings, &url.to_string(), &(shell.now)().to_string());
            std::fs::write(path, xml).map_err(|error| {
                Problem::failed(error).context(format!("could not write {}", path.display()))
            })?;
        }
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
            let text = check::report(findings, sentence, talk.verbose, width, style);
            shell.out.print(text)?;
        }
        Ok(())
    }

    /// The options that name scheme, secret and the like, without any secret in them.
    fn options(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        let mut option = |name: &str, value: String| words.push(format!("{name} {value}"));
        for source in &self.secrets.0 {
            match source {
                SecretSource::Value(_) => option("--secret", "\"$SECRET\"".into()),
                SecretSource::File(path) => {
                    option("--secret-file", sender::shell(&path.display().to_string()));
                }
                SecretSource::Env(name) => option("--secret-env", sender::shell(name)),
            }
        }
        if let Some(name) = &self.scheme.scheme {
            option("--scheme", sender::shell(name));
        }
        if let Some(path) = &self.scheme.scheme_file {
            option("--scheme-file", sender::shell(&path.display().to_string()));
        }
        if let Some(name) = &self.profile.webhook {
            option("-w", sender::shell(name));
        }
        if let Some(path) = &self.profile.config {
            option("--config", sender::shell(&path.display().to_string()));
        }
        if self.transport.insecure {
            words.push("-k".into());
        }
        words.iter().map(|word| format!(" {word}")).collect()
    }
}

/// Only this machine and private networks, unless that is asked for: by their addresses, since a
/// name may lead anywhere.
fn refuse_remote(url: &Url) -> Result<(), Problem> {
    if url.is_private() {
        return Ok(());
    }
    let host = url.host();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<IpAddr> = match bare.parse() {
        Ok(address) => vec![address],
        Err(_) => {
            let found = (bare, url.port()).to_socket_addrs().map_err(|error| {
                Problem::failed(error).context(format!("no address found for {host}"))
            })?;
            found.map(|address| address.ip()).collect()
        }
    };
    let is_private = |address: &IpAddr| {
        let literal = match address {
            IpAddr::V4(address) => format!("http://{address}/"),
            IpAddr::V6(address) => format!("http://[{address}]/"),
        };
        literal.parse::<Url>().is_ok_and(|url| url.is_private())
    };
    match addresses.iter().find(|address| !is_private(address)) {
        None => Ok(()),
        Some(address) => {
            let place = if address.to_string() == bare {
                String::new()
            } else {
                format!(" ({address})")
            };
            Err(Problem::wrong(format!(
                "{host}{place} is neither this machine nor in a private network"
            ))
            .hint("--allow-remote sends there all the same: only to a receiver of yours"))
        }
    }
}

/// How long a receiver that ended is waited for: one that is watched over starts again.
const RESTART: Duration = Duration::from_secs(2);

/// A check under way.
struct Run<'a> {
    check: &'a Check,
    kit: &'a Kit,
    sender: &'a Sender,
    url: &'a Url,
    seen: Seen,
    /// Why the rest is not sent, once the receiver is lost.
    lost: Option<String>,
}

/// What one probe came to.
struct Shown {
    verdict: Verdict,
    message: String,
    outcome: Outcome,
    took: Duration,
    again: Option<String>,
}

impl Run<'_> {
    /// One delivery, and what came back.
    fn exchange(&self, probe: &Probe) -> (Result<Reply, Failure>, Duration) {
        let url = self.url.with_target(&probe.delivery.target);
        let start = Instant::now();
        let mut outcome = self.sender.send(&url, &probe.delivery);
        if let Err(Failure::Closed { reused: true } | Failure::Reset { reused: true, .. }) = outcome
        {
            // The connection's own end tells nothing about this delivery.
            outcome = self.sender.send(&url, &probe.delivery);
        }
        let outcome = outcome.map(|answer| Reply {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        });
        (outcome, start.elapsed())
    }

    /// What the receiver is before anything else: nothing more is sent to one that refuses or
    /// accepts everything, redirects or hangs. The case that failed by it, and the sentence.
    fn recognised(&mut self) -> Result<Option<(&'static str, String)>, Problem> {
        const GENUINE: &str = "accepts/genuine";
        let case = named(GENUINE);
        let made = case.map_or(Err(String::new()), |case| case.make(self.kit));
        let probes = made.map_err(Problem::wrong)?;
        let Some(probe) = probes.first() else {
            return Ok(None);
        };
        let (outcome, _) = self.exchange(probe);
        let reply = match outcome {
            Ok(reply) => reply,
            Err(Failure::Timeout {
                after,
                phase: Phase::Wait | Phase::Receive | Phase::Send,
            }) => {
                let limit = crate::duration::shown(after);
                return Ok(Some((
                    GENUINE,
                    format!(
                        "It hangs: the first genuine delivery was not answered within {limit}. It should answer first, and work afterwards."
                    ),
                )));
            }
            Err(
                failure @ (Failure::Closed { .. }
                | Failure::Reset { .. }
                | Failure::Truncated { .. }),
            ) => {
                return Ok(Some((
                    GENUINE,
                    format!(
                        "It ends the connection of the first genuine delivery without an answer: {failure}."
                    ),
                )));
            }
            Err(failure) => {
                let hint = failure.hint();
                let problem = Problem::failed(failure).context("the receiver cannot be reached");
                return Err(match hint {
                    Some(hint) => problem.hint(hint),
                    None => problem,
                });
            }
        };
        let status = reply.status;
        let page = match reply.is_page() {
            true => {
                " The answer is an HTML page: is this a web page's URL, or a framework's error page?"
            }
            false => "",
        };
        let sentence = match status {
            200..=299 => return Ok(self.accepts_everything(page)),
            300..=399 => {
                let to = reply.headers.get("Location").unwrap_or_default();
                let to = String::from_utf8_lossy(to).into_owned();
                format!(
                    "It redirects ({status}) to {to}, and senders do not follow: give the URL that answers itself."
                )
            }
            404 | 405 | 501 => format!(
                "There is no receiver at this path: a genuine delivery by POST got {status}. Check the URL's path.{page}"
            ),
            400 | 401 | 403 | 422 if self.passes_small() => format!(
                "It hashes other bytes than it received: a genuine {{}} passes and so the secret is right, but the genuine sample got {status}. Hash the raw body before anything parses it."
            ),
            400..=499 => format!(
                "It refuses everything, the first genuine delivery too ({status}): check that it has this secret, that the scheme is {}, that the path is right, and that it hashes the raw body.{page}",
                self.kit.scheme.name
            ),
            _ => format!(
                "It fails on the first genuine delivery with {status}: see the receiver's own log.{page}"
            ),
        };
        Ok(Some((GENUINE, sentence)))
    }

    /// Whether a genuine body in which there is nothing to rewrite gets past the signature.
    fn passes_small(&self) -> bool {
        let made = named("stays-up/odd-members").map(|case| case.make(self.kit));
        let Some(Ok(probes)) = made else {
            return false;
        };
        let forged = named("refuses/no-signature").map(|case| case.make(self.kit));
        let is_refused = |probe: Option<&Probe>| {
            let status = probe
                .and_then(|probe| self.exchange(probe).0.ok())
                .map(|reply| reply.status);
            matches!(status, Some(401 | 403))
        };
        let forged = forged.and_then(Result::ok).unwrap_or_default();
        !is_refused(probes.first()) && is_refused(forged.first())
    }

    /// A receiver that takes what is not signed and what is signed wrongly judges nothing.
    fn accepts_everything(&self, page: &str) -> Option<(&'static str, String)> {
        const UNSIGNED: &str = "refuses/no-signature";
        let is_taken = |name: &str| {
            let made = named(name).map(|case| case.make(self.kit));
            let Some(Ok(probes)) = made else {
                return false;
            };
            let taken = |probe: &Probe| {
                let reply = self.exchange(probe).0;
                reply.is_ok_and(|reply| (200..300).contains(&reply.status))
            };
            probes.iter().take(1).all(taken)
        };
        let names = [UNSIGNED, "refuses/one-digit", "refuses/another-secret"];
        names.into_iter().all(is_taken).then(|| {
            let sentence = format!(
                "It accepts everything: without a signature and with wrong ones, too. It does not verify deliveries at this path.{page}"
            );
            (UNSIGNED, sentence)
        })
    }

    /// All cases in their order.
    fn go(
        &mut self,
        shell: &mut Shell,
        selected: &[&'static Case],
        recognised: Option<&(&'static str, String)>,
    ) -> Result<Vec<Finding>, Problem> {
        if let Some((name, sentence)) = recognised {
            let finding = |case: &&'static Case| match case.name == *name {
                true => Finding {
                    again: Some(self.again(case)),
                    ..Finding::new(case, Verdict::Fail, sentence.clone())
                },
                false => Finding::new(
                    case,
                    Verdict::Skipped,
                    "not sent: see the fault that was found first",
                ),
            };
            let mut all: Vec<&'static Case> = selected.to_vec();
            if let Some(case) = named(name).filter(|_| !all.iter().any(|case| case.name == *name)) {
                all.insert(0, case);
            }
            return Ok(all.iter().map(finding).collect());
        }
        let talk = self.check.output.talk;
        if !talk.quiet {
            let probes: usize = selected
                .iter()
                .map(|case| case.make(self.kit).map_or(0, |it| it.len() + 1))
                .sum();
            shell.err.say(format!(
                "sending about {} deliveries to {}",
                probes + 3,
                self.url
            ))?;
        }
        let load = Load {
            deliveries: Some(selected.len() as u64),
            duration: None,
            concurrency: 1,
            rate: None,
        };
        let bar = transport::progress(shell, &load, !talk.quiet);
        let mut findings = Vec::new();
        for case in selected {
            findings.push(self.case(case));
            bar.inc(1);
        }
        if self.lost.is_none() {
            // The last of the genuine ones tells whether the receiver became slow.
            self.alive();
        }
        for finding in &mut findings {
            if let How::Watched(judge) = finding.case.how {
                let (verdict, message) = judge(&self.seen);
                (finding.verdict, finding.message) = (verdict, message);
            }
        }
        bar.finish_and_clear();
        Ok(findings)
    }

    fn case(&mut self, case: &'static Case) -> Finding {
        if let How::Watched(_) = case.how {
            return Finding::new(case, Verdict::Skipped, "");
        }
        if let Some(why) = &self.lost {
            return Finding::new(case, Verdict::Skipped, format!("not sent: {why}"));
        }
        let probes = match case.make(self.kit) {
            Ok(probes) => probes,
            Err(why) => return Finding::new(case, Verdict::Untestable, why),
        };
        let shown = match case.how {
            How::AtOnce(_) => self.at_once(case, &probes),
            _ => self.in_turn(case, &probes),
        };
        let is_odd = |shown: &Shown| !matches!(shown.outcome, Outcome::Answered(_));
        let must_live = case.group() == "stays-up"
            || shown.iter().any(is_odd)
            || matches!(case.how, How::AtOnce(_));
        let worst = shown
            .into_iter()
            .reduce(|worst, next| match next.verdict > worst.verdict {
                true => next,
                false => worst,
            });
        let Some(worst) = worst else {
            return Finding::new(case, Verdict::Untestable, "there is nothing to send");
        };
        let mut finding = Finding {
            status: worst.outcome.status(),
            took: Some(worst.took),
            again: worst.again,
            ..Finding::new(case, worst.verdict, worst.message)
        };
        if must_live && let Some(trouble) = self.alive() {
            finding.message = match finding.verdict {
                Verdict::Fail => format!("{}; and afterwards {trouble}", finding.message),
                _ => format!("afterwards {trouble}"),
            };
            finding.verdict = Verdict::Fail;
            finding.again.get_or_insert_with(|| self.again(case));
            if self.lost.is_some() {
                self.lost = Some(format!("since {} {trouble}", case.name));
            }
        }
        finding
    }

    fn in_turn(&mut self, case: &'static Case, probes: &[Probe]) -> Vec<Shown> {
        let mut all = Vec::new();
        for probe in probes {
            let (outcome, took) = self.exchange(probe);
            let shown = self.shown(case, probe, outcome, took);
            let is_end = matches!(shown.outcome, Outcome::Late | Outcome::Gone(_));
            all.push(shown);
            if is_end {
                break;
            }
        }
        all
    }

    fn at_once(&mut self, case: &'static Case, probes: &[Probe]) -> Vec<Shown> {
        let this = &*self;
        let outcomes: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (probes.iter())
                .map(|probe| scope.spawn(move || this.exchange(probe)))
                .collect();
            threads
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect()
        });
        let mut all = Vec::new();
        for (probe, outcome) in probes.iter().zip(outcomes) {
            // A thread of ours that ended has no answer to judge.
            let Ok((outcome, took)) = outcome else {
                continue;
            };
            let mut shown = self.shown(case, probe, outcome, took);
            // Blue tries again later: a queue that is full is no fault of what is behind it.
            if let Outcome::Dropped(why) | Outcome::Gone(why) = &shown.outcome {
                shown.message = format!("it does not take so many connections at a time: {why}");
                shown.verdict = Verdict::Warn;
            }
            all.push(shown);
        }
        all
    }

    /// Judges one answer and takes note of it.
    fn shown(
        &mut self,
        case: &'static Case,
        probe: &Probe,
        outcome: Result<Reply, Failure>,
        took: Duration,
    ) -> Shown {
        let outcome = outcome_of(outcome);
        let secrets: Vec<&[u8]> = self
            .kit
            .secrets
            .iter()
            .map(|secret| secret.expose())
            .collect();
        self.seen.note(case.name, probe, &outcome, took, &secrets);
        let (verdict, message) = judge(
            case.right,
            &outcome,
            probe.answer.as_ref(),
            self.kit.is_blue(),
        );
        let message = match (probe.label.is_empty(), verdict) {
            (false, Verdict::Fail | Verdict::Warn) => format!("{} ({})", message, probe.label),
            _ => message,
        };
        let is_bad = matches!(verdict, Verdict::Fail | Verdict::Warn);
        Shown {
            again: is_bad.then(|| self.command(case, probe)),
            verdict,
            message,
            outcome,
            took,
        }
    }

    /// Whether a genuine delivery is still accepted; what is wrong if not. One that ended for good
    /// or answers otherwise now is lost.
    fn alive(&mut self) -> Option<String> {
        let made = named("accepts/genuine").map(|case| case.make(self.kit));
        let probes = made.and_then(Result::ok)?;
        let probe = probes.first()?;
        let start = Instant::now();
        let mut ended = false;
        loop {
            let (outcome, took) = self.exchange(probe);
            let outcome = outcome_of(outcome);
            match &outcome {
                Outcome::Answered(reply) if reply.status == 429 => return None,
                Outcome::Answered(reply) if (200..300).contains(&reply.status) => {
                    self.seen
                        .note("accepts/genuine", probe, &outcome, took, &[]);
                    return ended.then(|| "its process ended and was started again".into());
                }
                Outcome::Gone(_) | Outcome::Dropped(_) | Outcome::CutShort
                    if start.elapsed() < RESTART =>
                {
                    ended = true;
                    thread::sleep(Duration::from_millis(100));
                }
                Outcome::Late => {
                    self.lost = Some(String::new());
                    return Some("it hangs: a genuine delivery is not answered any more".into());
                }
                Outcome::Answered(reply) => {
                    self.lost = Some(String::new());
                    return Some(format!("a genuine delivery gets {}", reply.status));
                }
                _ => {
                    self.lost = Some(String::new());
                    return Some("it is down: its process ended".into());
                }
            }
        }
    }

    /// The command that runs the case again.
    fn again(&self, case: &Case) -> String {
        let url = sender::shell(&self.url.to_string());
        format!(
            "bluehook check {url} --only {}{}",
            case.name,
            self.check.options()
        )
    }

    /// The command that sends the delivery again, without any secret in it; where that is not
    /// possible or too long, the one that runs the case again.
    fn command(&self, case: &Case, probe: &Probe) -> String {
        let delivery = &probe.delivery;
        let algorithm = self.kit.variant().map(|variant| variant.algorithm);
        let is_simple = self.kit.is_blue()
            && algorithm != Some(Algorithm::Token)
            && self.check.header.is_empty()
            && !matches!(case.how, How::AtOnce(_));
        if !is_simple {
            return self.again(case);
        }
        let url = self.url.with_target(&delivery.target);
        let event = crate::blue::facts::Facts::of(&delivery.body).event;
        let known = event.as_deref().and_then(crate::blue::event::Event::named);
        let is_sample =
            known.is_some_and(|event| crate::blue::sample::sample(event) == delivery.body);
        if let (Some(event), true) = (known, is_sample && delivery.method == "POST") {
            let shown = sender::shell(&url.to_string());
            if case.right == Right::Taken && case.name != "accepts/header-case" {
                return format!(
                    "bluehook send {shown} -e {}{}",
                    event.name,
                    self.check.options()
                );
            }
            let own = compose::draft(&url, Vec::new()).headers;
            let is_own = |name: &str| own.contains(name);
            let headers = delivery.headers.iter().filter(|header| {
                !is_own(&header.name) || own.get(&header.name) != Some(&header.value)
            });
            let mut words = String::new();
            for header in headers {
                let Ok(value) = std::str::from_utf8(&header.value) else {
                    return self.again(case);
                };
                let field = match value.is_empty() {
                    true => format!("{};", header.name),
                    false => format!("{}: {value}", header.name),
                };
                words.push_str(&format!(" -H {}", sender::shell(&field)));
            }
            if !delivery.headers.contains("Content-Type") {
                words.push_str(" -H Content-Type:");
            }
            return format!("bluehook send {shown} -e {} --unsigned{words}", event.name);
        }
        match self.check.transport.curl(&url, delivery) {
            Ok(curl) if delivery.body.len() <= 512 => curl,
            _ => self.again(case),
        }
    }
}

fn named(name: &str) -> Option<&'static Case> {
    cases().iter().find(|case| case.name == name)
}

fn outcome_of(outcome: Result<Reply, Failure>) -> Outcome {
    /// From here on a body is written in pieces, and a receiver may close in the middle.
    const LARGE: usize = 64 << 10;
    match outcome {
        Ok(reply) => Outcome::Answered(reply),
        Err(Failure::Timeout { phase, .. }) if phase != Phase::Connect => Outcome::Late,
        Err(Failure::Reset { request_bytes, .. }) if request_bytes > LARGE => Outcome::CutShort,
        Err(
            failure @ (Failure::Refused { .. }
            | Failure::Unreachable { .. }
            | Failure::Resolve { .. }
            | Failure::Timeout { .. }),
        ) => Outcome::Gone(failure.to_string()),
        Err(failure) => Outcome::Dropped(failure.to_string()),
    }
}
