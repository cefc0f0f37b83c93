//! The command line's shared vocabulary: option groups that several commands take, and the value
//! parsers that turn what was typed into domain types.
//!
//! Pure: nothing here reads files, the environment, the clock or the terminal. Each command's own
//! options stand in its file under `commands/`.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::{Bound, RangeBounds};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{OsStringValueParser, PossibleValue, TypedValueParser, ValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Args, FromArgMatches, ValueEnum};
use jiff::Timestamp;

use crate::blue::event;
use crate::config::SecretSource;
use crate::signing::{Scheme, Secret, Tolerance};

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How the output is coloured.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Colors {
    /// When to colour the output
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        help = "When to colour the output: auto, always or never",
        help_heading = "Output"
    )]
    pub color: ColorChoice,
}

/// Where a command's output goes and how much of it there is.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Print machine-readable output: one JSON object a line
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    /// How much is said.
    pub talk: Talk,
}

/// How much a command says beside its result.
#[derive(Debug, Clone, Copy, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct Talk {
    /// Print no report, only what was asked for
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more about what is done
    #[arg(short, long)]
    pub verbose: bool,
}

/// The secrets that were named, in the order in which they stand on the command line, and then the
/// files of keys.
#[derive(Debug, Clone, Default)]
pub struct Secrets(pub Vec<SecretSource>);

/// The options behind [`Secrets`].
#[derive(Debug, Args)]
#[command(next_help_heading = "Secret")]
struct SecretOptions {
    /// The secret. Other users of this machine can see it in the list of processes: prefer
    /// --secret-file, --secret-env or the variable BLUEHOOK_SECRET
    #[arg(short, long, value_name = "SECRET", allow_hyphen_values = true, value_parser = secret())]
    secret: Vec<Secret>,
    /// Read the secret from a file (- for standard input): any bytes, without the line end at the
    /// end
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    secret_file: Vec<PathBuf>,
    /// Read the secret from an environment variable
    #[arg(long, value_name = "NAME")]
    secret_env: Vec<String>,
    /// Read keys from a file, beside the secrets: a JWK set, or PEM keys and certificates. Where a
    /// delivery names its key, that one alone is tried
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    keys: Vec<PathBuf>,
}

impl Args for Secrets {
    fn augment_args(command: clap::Command) -> clap::Command {
        SecretOptions::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        SecretOptions::augment_args_for_update(command)
    }
}

impl FromArgMatches for Secrets {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let SecretOptions {
            secret,
            secret_file,
            secret_env,
            keys,
        } = SecretOptions::from_arg_matches(matches)?;
        let places = |option| matches.indices_of(option).into_iter().flatten();
        let mut sources: Vec<(usize, SecretSource)> = Vec::new();
        sources.extend(places("secret").zip(secret.into_iter().map(SecretSource::Value)));
        sources.extend(places("secret_file").zip(secret_file.into_iter().map(SecretSource::File)));
        sources.extend(places("secret_env").zip(secret_env.into_iter().map(SecretSource::Env)));
        sources.sort_by_key(|(place, _)| *place);
        let sources = sources.into_iter().map(|(_, source)| source);
        let keys = keys.into_iter().map(SecretSource::Keys);
        Ok(Self(sources.chain(keys).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Which profile's settings are used.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Profile")]
pub struct ProfileChoice {
    /// A profile of bluehook.toml: its URL, secret, scheme, events and projects
    #[arg(short, long, value_name = "NAME")]
    pub webhook: Option<String>,
    /// The configuration, instead of the nearest bluehook.toml upwards or the user's own
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Which signature scheme is used. Where deliveries are judged, it may be any.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Scheme")]
pub struct SchemeChoice<const JUDGES: bool = false> {
    /// The signature scheme.
    #[arg(
        long,
        value_name = "NAME",
        value_parser = scheme_name(JUDGES),
        hide_possible_values = true,
        help = match JUDGES {
            true => "The signature scheme (bluehook schemes lists them), or auto for the one whose headers a delivery carries [default: blue]",
            false => "The signature scheme (bluehook schemes lists them) [default: blue]",
        }
    )]
    pub scheme: Option<String>,
    /// A scheme of your own: a TOML record as bluehook schemes NAME prints it
    #[arg(long, value_name = "FILE", conflicts_with = "scheme")]
    pub scheme_file: Option<PathBuf>,
}

/// What a signature is stamped with, for schemes that carry it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Scheme")]
pub struct StampChoice {
    /// The time to sign with: seconds since 1970 or RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    pub at: Option<Timestamp>,
    /// The delivery's id [default: a random one]
    #[arg(long, value_name = "ID", value_parser = header_text)]
    pub id: Option<String>,
}

/// How a delivery's age is judged.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Scheme")]
pub struct ClockChoice {
    /// The time to judge by: seconds since 1970 or RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    pub at: Option<Timestamp>,
    /// How old a delivery may be: 5m, 300, or off [default: as the scheme says]
    #[arg(long, value_name = "DURATION", value_parser = tolerance, allow_hyphen_values = true)]
    pub tolerance: Option<Tolerance>,
}

/// The request that a scheme signs beside the body.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Scheme")]
pub struct SignedRequest {
    /// The URL that the sender was given, for schemes that sign it
    #[arg(long, value_name = "URL", value_parser = signed_url)]
    pub signed_url: Option<String>,
    /// The request's method, for schemes that sign it
    #[arg(long, value_name = "METHOD", default_value = "POST", value_parser = method)]
    pub signed_method: String,
}

impl Default for SignedRequest {
    fn default() -> Self {
        Self {
            signed_url: None,
            signed_method: "POST".into(),
        }
    }
}

/// Text that a header can carry.
///
/// # Errors
/// It is empty or holds other characters than visible ASCII.
pub fn header_text(text: &str) -> Result<String, String> {
    if text.is_empty() || !text.bytes().all(|byte| (0x21..0x7f).contains(&byte)) {
        return Err("write visible ASCII characters without spaces".into());
    }
    Ok(text.into())
}

/// A URL that is signed as it is written.
///
/// # Errors
/// It is no whole URL.
pub fn signed_url(text: &str) -> Result<String, String> {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match host {
        Some(rest) if !rest.is_empty() && !rest.starts_with('/') => Ok(text.into()),
        _ => Err("write the whole URL as the sender has it, with http:// or https://".into()),
    }
}

/// A request method (RFC 9110, section 9.1).
///
/// # Errors
/// It is no token.
pub fn method(text: &str) -> Result<String, String> {
    header_name(text.as_bytes()).ok_or_else(|| "write a method such as POST".into())
}

/// A header option in curl's syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeaderOption {
    /// `Name: value`, or `Name;` for a header without a value.
    Field(Field),
    /// `@FILE`: a header a line, in the same syntax; `@-` is standard input.
    File(PathBuf),
}

/// One header field as it was typed.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The value's bytes, without white space around them.
    pub value: Vec<u8>,
    /// `Name:` without a value: no such header is sent, not even ours.
    pub is_removal: bool,
}

/// Shows the name only: the value may be a token.
impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Field").field(&self.name).finish()
    }
}

impl Field {
    /// Reads one line in curl's syntax.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(line: &[u8]) -> Result<Self, String> {
        if let Some(name) = line.strip_suffix(b";")
            && !line.contains(&b':')
        {
            return Ok(Self {
                name: header_name(name).ok_or_else(|| NO_HEADER.to_owned())?,
                value: Vec::new(),
                is_removal: false,
            });
        }
        let Some(colon) = line.iter().position(|&byte| byte == b':') else {
            return Err(NO_HEADER.to_owned());
        };
        let name = header_name(&line[..colon]).ok_or_else(|| NO_HEADER.to_owned())?;
        let value = line[colon + 1..].trim_ascii().to_vec();
        if value
            .iter()
            .any(|&byte| (byte < 0x20 && byte != b'\t') || byte == 0x7f)
        {
            return Err(format!(
                "the value of {name} holds a control character, which no header can carry"
            ));
        }
        let is_removal = value.is_empty();
        Ok(Self {
            name,
            value,
            is_removal,
        })
    }
}

/// Says nothing of the line, which may hold a token.
const NO_HEADER: &str = "this is not a header: write 'Name: value', with a colon after the name";

/// A header name is a token (RFC 9110, section 5.6.2).
fn header_name(name: &[u8]) -> Option<String> {
    crate::http::is_token(name).then(|| String::from_utf8_lossy(name).into_owned())
}

/// Data in the syntax of curl's `--data-binary`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    /// The text itself.
    Text(Vec<u8>),
    /// `@FILE`; `@-`, and `-` alone, is standard input.
    File(PathBuf),
}

/// `PATH=VALUE` as `--set` and `--where` take it.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The value's place.
    pub path: crate::json::Path,
    /// The value as a JSON token: as typed if that is JSON, else as a JSON string of the text.
    pub value: Vec<u8>,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((path, value)) = text.split_once('=') else {
            return Err("write PATH=VALUE, for example currentValue.title=Hello".into());
        };
        let path = path
            .parse()
            .map_err(|error: crate::json::PathError| error.to_string())?;
        let value = if crate::json::validate(value.as_bytes()).is_ok() {
            value.trim_ascii().as_bytes().to_vec()
        } else {
            serde_json::to_vec(value).map_err(|error| error.to_string())?
        };
        Ok(Self { path, value })
    }
}

/// The value parser of `--secret`: any bytes, but some.
pub fn secret() -> ValueParser {
    ValueParser::new(bytes_parser(|bytes| match bytes {
        b"-" => Err("- is no secret".into()),
        bytes => Secret::new(bytes).map_err(|error| error.to_string()),
    }))
}

/// The value parser of `--header`.
pub fn header() -> ValueParser {
    ValueParser::new(bytes_parser(|bytes| match bytes.strip_prefix(b"@") {
        Some(b"") => Err("@ needs a file name after it".into()),
        Some(file) => Ok(HeaderOption::File(path_of(file))),
        None => Field::parse(bytes).map(HeaderOption::Field),
    }))
}

/// The value parser of `--data`.
pub fn data() -> ValueParser {
    ValueParser::new(bytes_parser(|bytes| match bytes.strip_prefix(b"@") {
        Some(b"") => Err("@ needs a file name after it".to_owned()),
        Some(file) => Ok(Data::File(path_of(file))),
        None if bytes == b"-" => Ok(Data::File("-".into())),
        None => Ok(Data::Text(bytes.to_vec())),
    }))
}

/// The value parser of an event's name: completions know the catalogue, any name is taken.
pub fn event_name() -> ValueParser {
    event(|name| Ok(name.to_owned()))
}

/// As [`event_name`], for what an event is to be.
pub fn event<T>(parse: fn(&str) -> Result<T, String>) -> ValueParser
where
    T: Clone + Send + Sync + 'static,
{
    let known = || event::all().iter().map(|event| event.name).collect();
    ValueParser::new(Named { known, parse })
}

/// The value parser of a scheme's name: completions know the built-in ones, any name is taken.
/// Where deliveries are judged, also the one that stands for any.
pub fn scheme_name(judges: bool) -> ValueParser {
    ValueParser::new(Named {
        known: match judges {
            true => || Scheme::known().chain([Scheme::AUTO]).collect(),
            false => || Scheme::known().collect(),
        },
        parse: |name| Ok::<String, String>(name.to_owned()),
    })
}

/// A parser of names of which some are known.
struct Named<T> {
    known: fn() -> Vec<&'static str>,
    parse: fn(&str) -> Result<T, String>,
}

impl<T> Clone for Named<T> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Named<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        self.parse.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.known)().into_iter().map(PossibleValue::new)))
    }
}

/// A parser that sees the argument's bytes as the system gave them.
#[derive(Clone)]
struct BytesParser<F>(F);

fn bytes_parser<T, F>(parse: F) -> BytesParser<F>
where
    F: Fn(&[u8]) -> Result<T, String> + Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    BytesParser(parse)
}

impl<T, F> TypedValueParser for BytesParser<F>
where
    F: Fn(&[u8]) -> Result<T, String> + Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        let value = OsStringValueParser::new().parse_ref(command, arg, value)?;
        // The value itself stays out of the error: it may be a secret or a token.
        (self.0)(value.as_encoded_bytes()).map_err(|message| {
            let mut error = clap::Error::new(ErrorKind::ValueValidation).with_cmd(command);
            let option = arg.map_or(String::new(), ToString::to_string);
            error.insert(ContextKind::InvalidArg, ContextValue::String(option));
            error.insert(ContextKind::Custom, ContextValue::String(message));
            error
        })
    }
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(OsString::from(OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from(String::from_utf8_lossy(bytes).into_owned()))
}

/// A time: seconds since 1970, or RFC 3339.
///
/// # Errors
/// A sentence that shows both forms.
pub fn time(text: &str) -> Result<Timestamp, String> {
    let time = match text.parse::<i64>() {
        // No clock of ours shows the year 5138, but JavaScript's counts so.
        Ok(ms @ 100_000_000_000..) => {
            return Err(format!(
                "this is in milliseconds: in seconds it is {}",
                ms / 1000
            ));
        }
        Ok(seconds) => Timestamp::from_second(seconds).ok(),
        Err(_) => text.parse().ok(),
    };
    time.ok_or_else(|| {
        "write seconds since 1970 (1795323600) or a time and zone (2026-11-22T05:00:00Z)".into()
    })
}

/// A duration: `250ms`, `7s`, `5m`, `2h`; a bare number means seconds.
///
/// # Errors
/// A sentence that shows the forms.
pub fn duration(text: &str) -> Result<Duration, String> {
    crate::duration::parse(text).ok_or_else(|| {
        let days = text
            .trim()
            .trim_end_matches(|unit: char| unit.is_ascii_alphabetic());
        match (text.trim().strip_prefix(days), days.trim().parse::<u64>()) {
            (Some("d" | "day" | "days"), Ok(days)) => {
                format!(
                    "hours are the longest unit: write {}h",
                    days.saturating_mul(24)
                )
            }
            _ => "write a duration in ms, s, m or h, such as 250ms, 7s, 5m or 2h".into(),
        }
    })
}

/// A duration that is not nothing: a limit of zero would refuse everything.
///
/// # Errors
/// A sentence that shows the forms.
pub fn positive_duration(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("write a duration longer than 0s".into()),
        duration => Ok(duration),
    }
}

/// A number of bytes: `4096`, `64k`, `10MiB`.
///
/// # Errors
/// A sentence that shows the forms.
pub fn size(text: &str) -> Result<u64, String> {
    match parse_size::parse_size(text) {
        Ok(size @ 1..) => Ok(size),
        _ => Err("write a size such as 4096, 64k or 10MiB".into()),
    }
}

/// The value parser of a number between bounds, which its message tells.
pub fn number<T, R>(range: R) -> impl Fn(&str) -> Result<T, String> + Clone
where
    T: FromStr + PartialOrd + Display,
    R: RangeBounds<T> + Clone,
{
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        other => Err(match (range.start_bound(), range.end_bound()) {
            (Bound::Included(start), Bound::Included(end)) => {
                format!("write a number from {start} to {end}")
            }
            // Digits that are no number are too many.
            _ if other.is_err()
                && text.bytes().all(|byte| byte.is_ascii_digit())
                && !text.is_empty() =>
            {
                "write a smaller number".into()
            }
            (Bound::Included(start), _) => format!("write a number from {start} on"),
            _ => "write a number".into(),
        }),
    }
}

/// An address to listen on; `localhost` is IPv4's.
///
/// # Errors
/// A sentence that shows the forms.
pub fn bind(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        _ => text.parse().map_err(|_| {
            "write an address of this machine: localhost, 127.0.0.1, ::1, 0.0.0.0".into()
        }),
    }
}

/// A tolerance: a duration, or `off`.
///
/// # Errors
/// A sentence that shows the forms.
pub fn tolerance(text: &str) -> Result<Tolerance, String> {
    match text {
        "off" => Ok(Tolerance::Off),
        _ => duration(text).map(Tolerance::Within).map_err(|_| {
            "write a duration such as 5m or 300, or off, which leaves the age unjudged".into()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_curl_reads_them() {
        let field =
            |text: &str| Field::parse(text.as_bytes()).map(|field| (field.name, field.value));
        assert_eq!(field("X-A:  1 "), Ok(("X-A".into(), b"1".to_vec())));
        assert_eq!(field("X-A: a:b"), Ok(("X-A".into(), b"a:b".to_vec())));
        assert_eq!(field("X-A;"), Ok(("X-A".into(), Vec::new())));
        for wrong in ["X-A", "", ": x", "X A: 1", "X-A: a\u{1b}[2J"] {
            assert!(field(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn durations_and_times_are_read_as_people_type_them() {
        assert_eq!(duration("300"), Ok(Duration::from_secs(300)));
        assert_eq!(duration("0.5"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        for wrong in ["", "-1", "5 apples", "inf", "NaN", "1e30"] {
            assert!(duration(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(time("0"), Ok(Timestamp::UNIX_EPOCH));
        assert_eq!(time("1970-01-01T00:00:00Z"), Ok(Timestamp::UNIX_EPOCH));
        assert!(time("yesterday").is_err());
        assert_eq!(tolerance("off"), Ok(Tolerance::Off));
        assert_eq!(
            tolerance("300"),
            Ok(Tolerance::Within(Duration::from_secs(300)))
        );
    }
}
