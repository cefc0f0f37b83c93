//! `bluehook verify`: is this delivery genuine? If not, why not, and what would make it match.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;
use sha2::{Digest as _, Sha256};

use super::courts::{Choice, Court, Courts};
use super::input::{self, Input};
use super::settings::{self, Settings};
use super::shell::{Problem, Shell, Verdict};
use crate::blue::event::Event;
use crate::blue::facts::Facts;
use crate::cli::{
    self, ClockChoice, HeaderOption, Output, ProfileChoice, SchemeChoice, Secrets, SignedRequest,
};
use crate::delivery::{Delivery, Headers};
use crate::recording::{Reader, Recorded, Unreadable};
use crate::show::delivery as show;
use crate::show::lines::{self, BodyDigest};
use crate::show::seen::{Detail, Layout};
use crate::show::verification;
use crate::signing::Scheme;
use crate::signing::diagnosis::{self, Diagnosis};
use crate::signing::explain;
use crate::signing::{Clock, Judge, Judgement, Keyring, Parts};

/// How much of a body is kept for the diagnosis.
const KEPT_BYTES: usize = 16 << 20;

const EXAMPLES: &str = "\
Examples:
  printf hello | bluehook verify -s geheim --signature \\
    23a8d6334a2efccb222f05a7071419f25bd70e02f4153eee61cad4a4a1385ba9
  bluehook send 3000 -s geheim --dry-run > delivery.http
  bluehook verify --delivery delivery.http -s geheim --explain";

/// Is this delivery genuine? If not, why not, and what would make it match
///
/// Exit code 0 when it is genuine, 1 when it is not.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Verify {
    /// The file with the body; - or nothing for standard input
    pub body: Option<PathBuf>,
    /// The signature: short for the scheme's signature header
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub signature: Option<String>,
    /// A header of the delivery, in curl's syntax; @FILE reads them from a file
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_parser = cli::header())]
    pub header: Vec<HeaderOption>,
    /// A recording, or a raw HTTP request as other tools save it, instead of BODY and headers
    #[arg(long, value_name = "FILE", conflicts_with_all = ["body", "signature", "header"])]
    pub delivery: Option<PathBuf>,
    #[command(flatten)]
    /// The secrets: any of them may match.
    pub secrets: Secrets,
    #[command(flatten)]
    /// The scheme.
    pub scheme: SchemeChoice<true>,
    #[command(flatten)]
    /// The clock.
    pub clock: ClockChoice,
    #[command(flatten)]
    /// The request.
    pub request: SignedRequest,
    #[command(flatten)]
    /// The profile.
    pub profile: ProfileChoice,
    /// Print the signature that would have been right: whoever sees it can forge the delivery
    #[arg(long, help_heading = "Output")]
    pub show_expected: bool,
    /// Show the signed content and the steps from secret to signature
    #[arg(long, help_heading = "Output")]
    pub explain: bool,
    /// How much is shown of each delivery of a recording: line, short or full
    #[arg(
        long,
        value_name = "DETAIL",
        value_enum,
        requires = "delivery",
        hide_possible_values = true,
        help_heading = "Output"
    )]
    pub show: Option<Detail>,
    #[command(flatten)]
    /// Where the output goes.
    pub output: Output,
}

/// A body that was read once: what is known of it.
struct Read {
    digest: BodyDigest,
    kept: Vec<u8>,
}

impl Read {
    fn whole(body: Vec<u8>) -> Self {
        Self {
            digest: BodyDigest {
                bytes: body.len() as u64,
                sha256: hex::encode(Sha256::digest(&body)),
            },
            kept: body,
        }
    }
}

impl Verify {
    /// Judges and says.
    ///
    /// # Errors
    /// There is no usable secret or no signature, or the body cannot be read.
    pub(super) fn run(self, shell: &mut Shell) -> Result<Verdict, Problem> {
        let body = match &self.delivery {
            Some(path) => Input::open(shell, Some(path), "--delivery", "the delivery")?,
            None => Input::open(shell, self.body.as_deref(), "BODY", "the body")?,
        };
        let mut settings = Settings::of(shell, &self.profile)?;
        let courts = match settings.schemes(shell, &self.scheme)? {
            Some(schemes) => {
                let secrets = settings.some_secrets(shell, &self.secrets, "")?;
                settings.say(shell, self.output.talk.verbose)?;
                Courts::any(schemes, secrets, true)
            }
            None => self.named(shell, &mut settings)?,
        };
        let genuine = match self.delivery {
            Some(_) => self.deliveries(shell, &courts, body)?,
            None => self.body(shell, &courts, body)?,
        };
        Ok(Verdict::from(genuine))
    }

    /// The court of the scheme that is named.
    fn named(&self, shell: &mut Shell, settings: &mut Settings) -> Result<Courts, Problem> {
        let scheme = settings.scheme(shell, &self.scheme)?;
        let secrets = settings.some_secrets(shell, &self.secrets, "")?;
        settings.say(shell, self.output.talk.verbose)?;
        settings::note_clock(shell, &scheme, &self.clock, self.output.talk)?;
        let keyring = match Keyring::for_verifying(&scheme, &secrets) {
            Ok(keyring) => keyring,
            // What cannot be decoded may be what the sender used as it is: the diagnosis tells.
            Err(unfit) if unfit.why.is_undecodable() => {
                shell.err.warn(&unfit)?;
                Keyring::fitting(&scheme, &secrets)
            }
            Err(unfit) => return Err(settings::unfit(unfit)),
        };
        Ok(Courts::named(scheme, keyring, secrets))
    }

    /// Judges a delivery that is there as a whole.
    fn choose<'a>(
        &self,
        shell: &mut Shell,
        courts: &'a Courts,
        parts: Parts<'_>,
        body: &[u8],
        clock: &Clock,
    ) -> Result<Choice<'a>, Problem> {
        let choice = courts
            .judge(parts, body, clock, self.keeps_expected())
            .map_err(|(scheme, missing)| settings::missing(scheme, missing, "--signed-url"))?;
        let says = !self.output.talk.quiet && !self.output.json;
        if let Some(scheme) = choice.lacking.filter(|_| says) {
            let name = &scheme.name;
            shell.err.hint(format!(
                "{name} was left out, which signs the URL: name it with --signed-url"
            ))?;
        }
        Ok(choice)
    }

    /// Judges the body and the headers of the command line.
    fn body(&self, shell: &mut Shell, courts: &Courts, body: Input) -> Result<bool, Problem> {
        let clock = |shell: &Shell| settings::clock(&self.clock, (shell.now)());
        if courts.is_any() {
            if self.signature.is_some() {
                return Err(Problem::wrong(
                    "--scheme auto goes by the header: give the signature with -H 'NAME: VALUE'",
                ));
            }
            let headers = input::headers(shell, &self.header)?;
            let parts = self.parts(&headers, &self.request.signed_method);
            let mut whole = Vec::new();
            body.for_each(|piece| whole.extend_from_slice(piece))?;
            let clock = clock(shell);
            let Choice {
                found, judgement, ..
            } = self.choose(shell, courts, parts, &whole, &clock)?;
            let judged = (courts, found, &judgement);
            self.say(shell, judged, parts, 1, Read::whole(whole))?;
            return Ok(judgement.is_genuine());
        }
        let court = courts.get(None);
        let headers = self.headers(shell, &court.scheme)?;
        let parts = self.parts(&headers, &self.request.signed_method);
        let mut judge = (court.begin(parts, self.keeps_expected()))
            .map_err(|missing| settings::missing(&court.scheme, missing, "--signed-url"))?;
        let read = read(body, &mut judge)?;
        let judgement = judge.finish(&clock(shell));
        self.say(shell, (courts, None, &judgement), parts, 1, read)?;
        Ok(judgement.is_genuine())
    }

    /// Judges every delivery of a recording, each by the clock of its own time.
    fn deliveries(&self, shell: &mut Shell, courts: &Courts, file: Input) -> Result<bool, Problem> {
        let name = file.name.clone();
        let mut reader = Reader::new(BufReader::new(file.reader));
        let (mut count, mut genuine) = (0, true);
        loop {
            let next = reader.next();
            for warning in reader.take_warnings() {
                shell.err.warn(format!("{name}, {warning}"))?;
            }
            let Some(recorded) = next else { break };
            let recorded = recorded.map_err(|error| {
                let malformed = matches!(error, Unreadable::Malformed { .. })
                    && input::is_payload(Path::new(&name));
                let problem = Problem::failed(error).context(format!("could not read {name}"));
                match malformed && count == 0 {
                    true => problem.hint(format!(
                        "a body alone is no delivery: bluehook verify {name} with --signature or -H judges it"
                    )),
                    false => problem,
                }
            })?;
            count += 1;
            genuine &= self.recorded(shell, courts, recorded)?;
        }
        if count == 0 {
            return Err(Problem::failed(anyhow::anyhow!("{name} holds no delivery")));
        }
        Ok(genuine)
    }

    fn recorded(
        &self,
        shell: &mut Shell,
        courts: &Courts,
        recorded: Recorded,
    ) -> Result<bool, Problem> {
        let delivery = recorded.delivery;
        let parts = self.parts(&delivery.headers, &delivery.method);
        let now = recorded.at.unwrap_or_else(shell.now);
        let clock = settings::clock(&self.clock, now);
        let Choice {
            found, judgement, ..
        } = self.choose(shell, courts, parts, &delivery.body, &clock)?;
        let content = self.content(shell, courts.get(found), &delivery);
        let read = Read::whole(delivery.body);
        let judged = (courts, found, &judgement);
        self.say(shell, judged, parts, recorded.number, read)?;
        shell.out.print(content)?;
        Ok(judgement.is_genuine())
    }

    /// What else is shown of a recorded delivery.
    fn content(&self, shell: &Shell, court: &Court, delivery: &Delivery) -> String {
        let Some(detail @ (Detail::Short | Detail::Full)) = self.show else {
            return String::new();
        };
        if self.output.json || self.output.talk.quiet {
            return String::new();
        }
        let layout = self.layout(shell);
        let event = Facts::of(&delivery.body).event;
        let is_known = event.is_some_and(|event| Event::named(&event).is_some());
        let is_blue = court.scheme == Scheme::default() && is_known;
        let head = match detail {
            Detail::Full => show::head(delivery, &layout),
            _ => String::new(),
        };
        head + &show::content(delivery, is_blue, &layout) + "\n"
    }

    fn layout(&self, shell: &Shell) -> Layout {
        Layout {
            style: shell.out.style,
            width: shell.out.width,
            detail: self.show.unwrap_or_default(),
            verbose: self.output.talk.verbose,
        }
    }

    fn parts<'a>(&'a self, headers: &'a Headers, method: &'a str) -> Parts<'a> {
        Parts {
            method,
            url: self.request.signed_url.as_deref(),
            headers,
        }
    }

    fn keeps_expected(&self) -> bool {
        self.show_expected || self.explain
    }

    /// The delivery's headers: those of `-H`, and `--signature` as the scheme's signature header.
    fn headers(&self, shell: &mut Shell, scheme: &Scheme) -> Result<Headers, Problem> {
        let mut headers = input::headers(shell, &self.header)?;
        let name = scheme
            .variants
            .iter()
            .find_map(|variant| variant.signature_header());
        match (&self.signature, name) {
            (Some(value), Some(name)) => headers.push(name, value.as_bytes()),
            (Some(_), None) => {
                return Err(Problem::wrong(
                    "this scheme's signature travels in the body: leave --signature out",
                ));
            }
            (None, Some(name)) if headers.is_empty() => self.ask_for_signature(shell, &name)?,
            (None, _) => {}
        }
        Ok(headers)
    }

    /// A delivery without any header is judged as it is, but most often `--signature` was forgotten.
    fn ask_for_signature(&self, shell: &mut Shell, header: &str) -> Result<(), Problem> {
        if self.output.talk.quiet || self.output.json {
            return Ok(());
        }
        shell.err.hint(format!(
            "no signature is given: name it with --signature VALUE or -H '{header}: VALUE'"
        ))
    }

    /// Says the verdict, and why.
    fn say(
        &self,
        shell: &mut Shell,
        (courts, found_by, judgement): (&Courts, Option<usize>, &Judgement),
        parts: Parts<'_>,
        number: u64,
        read: Read,
    ) -> Result<(), Problem> {
        let Court { scheme, keyring } = courts.get(found_by);
        let explanation = (self.explain)
            .then(|| explain::explain(scheme, keyring, parts, &read.kept))
            .flatten();
        let body = diagnosis::Received {
            kept: &read.kept,
            total: read.digest.bytes,
        };
        // Whoever wants no words does not wait for them.
        let found = if self.output.json || !self.output.talk.quiet {
            diagnosis::diagnose(scheme, &courts.secrets, parts, body, judgement)
        } else {
            Diagnosis::default()
        };
        let bytes = read.digest.bytes;
        let expected = judgement.expected.iter().filter(|_| self.show_expected);
        let mut line = verification::line(judgement, scheme, number, read.digest);
        if found_by.is_some() {
            line.message
                .push_str(&format!(", by the scheme {}", scheme.name));
        }
        verification::add(&mut line, &found);
        courts.hint(found_by, parts.headers, &mut line.hints);
        if self.output.json {
            if self.show_expected {
                line.expected = Some(expected.map(|one| one.value.to_string()).collect());
            }
            line.explanation = explanation.as_ref().map(verification::explanation_object);
            return shell
                .out
                .print(lines::to_bytes(&line).map_err(Problem::failed)?);
        }
        let style = shell.out.style;
        let mut text = String::new();
        if !self.output.talk.quiet {
            let layout = self.layout(shell);
            let number = self.delivery.is_some().then_some(number);
            text.push_str(&verification::verdict(&line, 0, number, &layout));
            text.push_str(&verification::reasons(&line, &layout));
            text.push_str(&verification::left_out(&found, bytes, &layout));
        }
        for one in expected {
            text.push_str(&format!(
                "  {} {}\n",
                style.dim("expected:"),
                one.value.as_str()
            ));
        }
        if let Some(explanation) = &explanation {
            text.push_str(&verification::explanation(explanation, style));
        }
        shell.out.print(text)
    }
}

/// Reads the body once: through the judge, through SHA-256, and its start into memory.
fn read(body: Input, judge: &mut Judge<'_>) -> Result<Read, Problem> {
    let mut sha256 = Sha256::new();
    let mut kept = Vec::new();
    let mut bytes = 0;
    body.for_each(|piece| {
        judge.update(piece);
        sha256.update(piece);
        let room = KEPT_BYTES - kept.len();
        kept.extend_from_slice(&piece[..piece.len().min(room)]);
        bytes += piece.len() as u64;
    })?;
    Ok(Read {
        digest: BodyDigest {
            bytes,
            sha256: hex::encode(sha256.finalize()),
        },
        kept,
    })
}
