//! Hints: what looks wrong about a delivery although no retried signature proves it. Also given on
//! genuine deliveries, where other receivers may stumble.

use std::cmp::Ordering;

use super::body::is_stand_in;
use super::recipe::SCHEMES;
use super::shape::{Case, Received, SECRETS, quoted};
use crate::amount;
use crate::delivery::Header;
use crate::json;
use crate::signing::carried::{is_carried, signature_values};
use crate::signing::content::Parts;
use crate::signing::encoding::Encoding;
use crate::signing::judge::{Clock, Judge, Judgement, Tolerance};
use crate::signing::keyring::Keyring;
use crate::signing::record::words::{JsonPath, TimeUnit};
use crate::signing::record::{Scheme, Variant};
use crate::signing::refusal::Reason;
use crate::signing::secret::Secret;

/// Evidence that no match backs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The hint's name in machine output.
    pub code: &'static str,
    /// What was seen and what it may mean, in sentences.
    pub message: String,
}

type Look = fn(&Case<'_>, &Judgement) -> Option<String>;

/// All hints, in the order in which they are given: whether genuine deliveries get them too, and
/// what is looked at.
const HINTS: &[(&str, bool, Look)] = &[
    ("body-lost", false, body_lost),
    ("content-length-differs", true, content_length),
    ("signed-wrongly-on-purpose", false, decoy),
    ("header-renamed", false, header_renamed),
    ("clock-behind", false, clock_behind),
    ("timestamp-unit", false, timestamp_unit),
    ("other-provider", true, other_provider),
    ("repeated-header", true, repeated_header),
    ("uppercase-hex", true, uppercase_hex),
    ("secret-has-label", true, |case, _| {
        let variants = || case.scheme.variants.iter();
        let is_labelled = |secret: &Secret| {
            variants().any(|it| it.key.unlabelled(secret.expose()).len() < secret.expose().len())
        };
        case.secrets.iter().any(is_labelled).then(|| {
            "The secret begins with a version, as some providers show it: that was taken off, and other libraries have to be given the rest alone.".to_owned()
        })
    }),
    ("secret-has-whitespace", false, |case, _| {
        let sentence = "begins or ends with white space: is that a part of it?";
        secret(case, |text| text.trim_ascii() != text, sentence)
    }),
    ("secret-has-quotes", false, |case, _| {
        secret(case, is_quoted, "stands in quotes: are they a part of it?")
    }),
    ("secret-looks-unset", false, |case, _| {
        let sentence = "looks like the name of a variable, or like a value that was not set.";
        secret(case, is_variable, sentence)
    }),
    ("secret-is-another-key", false, another_key),
    ("content-encoding", false, content_encoding),
    ("charset", false, charset),
];

/// What can be seen without computing anything, of genuine deliveries too.
pub fn hints(
    scheme: &Scheme,
    secrets: &[Secret],
    parts: Parts<'_>,
    body: Received<'_>,
    judgement: &Judgement,
) -> Vec<Hint> {
    let case = Case {
        scheme,
        secrets,
        parts,
        body,
        variant: judgement.variant,
    };
    let looks = HINTS.iter();
    let meant = looks.filter(|(_, of_genuine, _)| *of_genuine || !judgement.is_genuine());
    let hint = |(code, _, look): &(&'static str, bool, Look)| {
        let message = look(&case, judgement)?;
        Some(Hint { code, message })
    };
    meant.filter_map(hint).collect()
}

/// Whether the bytes that were given as a public key are the private seed.
pub(super) fn seed(case: &Case<'_>) -> Option<Hint> {
    let variant = case.scheme.variants.get(case.variant)?;
    let signs = |secret: &Secret| {
        let secrets = std::slice::from_ref(secret);
        let keyring = Keyring::for_signing(case.scheme, secrets).ok()?;
        let mut judge = Judge::new(case.scheme, &keyring, case.parts).ok()?;
        judge.update(case.body.kept);
        let clock = Clock {
            now: jiff::Timestamp::UNIX_EPOCH,
            tolerance: Tolerance::Off,
        };
        judge.finish(&clock).matched
    };
    if !variant.algorithm.is_asymmetric() || !case.body.is_whole() {
        return None;
    }
    case.secrets.iter().take(SECRETS).find_map(signs)?;
    let message = "What was given is the private seed of the key that made this signature. Verify with its public key, and keep \
                   the seed with the sender.";
    Some(Hint {
        code: "secret-is-seed",
        message: message.to_owned(),
    })
}

fn content_length(case: &Case<'_>, _: &Judgement) -> Option<String> {
    let text = case.parts.headers.get("Content-Length")?;
    let said: u64 = std::str::from_utf8(text).ok()?.trim().parse().ok()?;
    let came = case.body.total;
    let what = match said.cmp(&came) {
        Ordering::Greater if came == 0 => return None,
        Ordering::Equal => return None,
        Ordering::Greater => "The body was cut",
        Ordering::Less => "Something was added to the body",
    };
    Some(format!(
        "Content-Length says {}, and the body has {}. {what}, or it is not the one that these headers came with.",
        amount::bytes(said),
        amount::count(came),
    ))
}

/// Nothing arrived, or a text that programs make of what they do not have.
fn body_lost(case: &Case<'_>, _: &Judgement) -> Option<String> {
    let headers = case.parts.headers;
    let said = headers.get("Content-Length").unwrap_or_default();
    let is_announced = said.iter().any(|byte| (b'1'..=b'9').contains(byte))
        || headers.contains("Transfer-Encoding")
        || headers.contains("Content-Type");
    let what = match case.body.total {
        0 if is_announced => "The headers announce a body, and it is empty".to_owned(),
        0 => return None,
        _ if case.body.is_whole() && is_stand_in(case.body.kept) => {
            let shown = quoted(case.body.kept, 40);
            format!("The body is {shown}, which programs write where they have none")
        }
        _ => return None,
    };
    Some(format!(
        "{what}: something had read it before. Take the raw bytes first: express.raw() or the verify option of express.json(), \
         bodyParser: false in Next.js, rawBody: true in NestJS, request.get_data() in Flask, request.body in Django, php://input, \
         request.raw_post in Rails, a byte[] as @RequestBody in Spring."
    ))
}

fn decoy(case: &Case<'_>, judgement: &Judgement) -> Option<String> {
    let decoy = case.scheme.decoy.as_ref()?;
    let has = |path: &JsonPath| matches!(json::find(case.body.kept, &path.0), Ok(Some(_)));
    let is_one =
        judgement.reason == Some(Reason::Mismatch) && has(&decoy.has) && !has(&decoy.lacks);
    is_one.then(|| decoy.about.clone())
}

/// The header is there under the name that CGI, WSGI and PHP give it.
fn header_renamed(case: &Case<'_>, judgement: &Judgement) -> Option<String> {
    let Some(Reason::MissingHeader { header }) = &judgement.reason else {
        return None;
    };
    let plain = |name: &str| {
        let name = name.to_ascii_uppercase().replace('-', "_");
        name.strip_prefix("HTTP_").unwrap_or(&name).to_owned()
    };
    let is_it = |other: &&Header| plain(&other.name) == plain(header) && !other.value.is_empty();
    let other = case.parts.headers.iter().find(is_it)?;
    let shown = quoted(other.name.as_bytes(), 60);
    Some(format!(
        "There is {shown}, which is {header} as CGI, WSGI and $_SERVER name it: give it under its own name."
    ))
}

fn clock_behind(_: &Case<'_>, judgement: &Judgement) -> Option<String> {
    let (Some(Reason::Future { ahead, .. }), Some(said)) = (&judgement.reason, judgement.timestamp)
    else {
        return None;
    };
    let now = said
        .checked_sub(jiff::SignedDuration::from_secs(*ahead))
        .ok()?;
    let said = jiff::Timestamp::from_second(said.as_second()).ok()?;
    let now = jiff::Timestamp::from_second(now.as_second()).ok()?;
    let zone = match ahead.unsigned_abs() {
        ahead if (1500..54_000).contains(&ahead) && (ahead + 60) % 1800 <= 120 => {
            " So nearly whole an hour looks like local time that was taken for UTC."
        }
        _ => "",
    };
    Some(format!(
        "The delivery says {said}, and the clock here says {now}: it is behind by {}, or the sender's is ahead. Compare both with a \
         time server.{zone}",
        amount::span(*ahead)
    ))
}

/// A timestamp of another unit than the scheme's.
fn timestamp_unit(case: &Case<'_>, judgement: &Judgement) -> Option<String> {
    const YEARS: i64 = 20 * 31_556_952;
    let rule = case.scheme.variants.get(case.variant)?.timestamp.as_ref()?;
    let is_digits = |value: &[u8]| value.len() > 11 && value.iter().all(u8::is_ascii_digit);
    let is_off = match &judgement.reason {
        Some(Reason::MalformedTimestamp { value, .. }) => is_digits(value),
        Some(Reason::Stale { age, .. }) => *age > YEARS,
        Some(Reason::Future { ahead, .. }) => *ahead > YEARS,
        _ => false,
    };
    let unit = match rule.unit {
        TimeUnit::S => "seconds",
        TimeUnit::Ms => "milliseconds",
        _ => return None,
    };
    is_off.then(|| {
        format!("The timestamp is so far off because it is in another unit: the scheme's is {unit} since 1970.")
    })
}

/// What other keys of providers begin with, what they are, what signs instead, and the scheme for
/// which they are right.
const KEYS: &str = "\
sk_live_ sk_test_ rk_live_ rk_test_ | an API key of Stripe or Clerk | the endpoint's signing secret begins with whsec_ | paystack
pk_live_ pk_test_ | a publishable key of Stripe or Clerk | the endpoint's signing secret begins with whsec_
we_ | the id of a Stripe webhook endpoint | the endpoint's signing secret begins with whsec_
ghp_ gho_ ghs_ ghu_ github_pat_ | a GitHub access token | it is the secret that was typed into the webhook's settings
xoxb- xoxp- xapp- xoxe | a Slack token | the signing secret stands under Basic Information, 32 hex digits
shpat_ shpca_ shppa_ | a Shopify access token | the app's client secret signs
SG. | a SendGrid API key | the public key of the webhook's settings verifies
sk-ant- sk-proj- sk- | an API key of OpenAI or Anthropic | the webhook's signing secret begins with whsec_
re_ | a Resend API key | the webhook's signing secret begins with whsec_
ep_ | the id of a Svix endpoint | the webhook's signing secret begins with whsec_
polar_oat_ polar_pat_ | a Polar access token | the webhook's signing secret begins with whsec_
glpat- | a GitLab access token | it is the webhook's own secret or signing token
lin_api_ lin_oauth_ | a Linear API key | the webhook's signing secret begins with lin_wh_
pat-na pat-eu | a HubSpot access token | the app's client secret signs
sq0atp- sq0csp- sandbox-sq0 EAAAE EAAAl | a Square token | the signature key of the webhook subscription signs
EAA | a Meta access token | the app secret signs, 32 hex digits
rzp_live_ rzp_test_ | a Razorpay key id | it is the secret that was typed into the webhook's settings
pdl_live_ pdl_sdbx_ | a Paddle API key | the destination's secret begins with pdl_ntfset_
ck_ cs_ | a WooCommerce REST key | it is the secret in the webhook's own settings
ntn_ | a Notion access token | the verification_token signs, which Notion posted once
sbp_ | a Supabase access token | the webhook's signing secret begins with whsec_
AKIA | an AWS access key id | it is the webhook's own secret
eyJ | a JSON Web Token | it is the webhook's own secret
sl. | a Dropbox access token | the app secret signs
http:// https:// | a URL | it is the webhook's own secret";

/// The secret begins as other keys of providers do, and not as the scheme's do.
fn another_key(case: &Case<'_>, _: &Judgement) -> Option<String> {
    let prefixes = case.scheme.variants.iter();
    let own: Vec<&str> = prefixes.filter_map(|it| it.key.prefix.as_deref()).collect();
    let begins = |secret: &Secret, start: &str| secret.expose().starts_with(start.as_bytes());
    let look = |(index, secret): (usize, &Secret)| {
        let has_any = |starts: &str| starts.split(' ').any(|start| begins(secret, start));
        let is_id = |text: &[u8]| text.len() == 34 && text[2..].iter().all(u8::is_ascii_hexdigit);
        let rows = KEYS
            .lines()
            .map(|line| line.split(" | ").collect::<Vec<_>>());
        let row = rows.into_iter().find(|row| has_any(row[0]));
        let (what, instead) = match row.as_deref() {
            Some([.., scheme]) if *scheme == case.scheme.name => return None,
            Some([_, what, instead, ..]) => (*what, *instead),
            _ if has_any("AC SK") && is_id(secret.expose()) => {
                ("an id of Twilio", "the auth token signs")
            }
            _ => return None,
        };
        let name = secret_name(case, index);
        let is_own = own.iter().any(|start| begins(secret, start));
        (!is_own)
            .then(|| format!("{name} looks like {what}, which signs no deliveries: {instead}."))
    };
    case.secrets.iter().enumerate().find_map(look)
}

fn other_provider(case: &Case<'_>, judgement: &Judgement) -> Option<String> {
    let headers = case.parts.headers;
    let names = |scheme: &Scheme| -> Vec<String> {
        let variants = scheme.variants.iter();
        variants.filter_map(Variant::signature_header).collect()
    };
    let own = names(case.scheme);
    let is_own = |name: &String| own.iter().any(|own| own.eq_ignore_ascii_case(name));
    let foreign = |scheme: &'static Scheme| {
        let carried = scheme.variants.iter().filter(|it| is_carried(it, headers));
        let mut names = carried.filter_map(Variant::signature_header);
        let name = names.find(|name| !is_own(name))?;
        Some((scheme, name))
    };
    let others = SCHEMES.iter().filter(|it| it.name != case.scheme.name);
    let found: Vec<(&Scheme, String)> = others.filter_map(foreign).collect();
    let (first, header) = found.first()?;
    // Beside the scheme's own header another one is only telling when the delivery is refused.
    if judgement.is_genuine() && own.iter().any(|name| headers.contains(name)) {
        return None;
    }
    let same = found.iter().filter(|(_, other)| other == header).take(4);
    let same: Vec<&str> = same.map(|(scheme, _)| scheme.name.as_str()).collect();
    let signs_url = found.iter().any(|(scheme, _)| scheme.signs_url());
    let url = match case.parts.url {
        None if signs_url => {
            " That scheme signs the URL, which is not known here: give it with --signed-url, or in listen with --public-url."
        }
        _ => "",
    };
    let (same, first) = (same.join(" or "), &first.name);
    Some(format!(
        "The delivery has the header {header}, as {same} sends it: try --scheme {first}.{url}"
    ))
}

fn repeated_header(case: &Case<'_>, _: &Judgement) -> Option<String> {
    let place = &case.scheme.variants.get(case.variant)?.signature;
    let count = signature_values(place, case.parts.headers).count();
    let name = place.header.as_deref()?;
    (count > 1 && !place.carries_several()).then(|| {
        let times = match count {
            2 => "twice".to_owned(),
            count => format!("{count} times"),
        };
        format!("The header {name} is there {times}: some receivers take the first, some the last, some join them.")
    })
}

fn uppercase_hex(case: &Case<'_>, _: &Judgement) -> Option<String> {
    let variant = case.scheme.variants.get(case.variant)?;
    let prefix = variant.signature.prefix.as_bytes();
    let is_upper = |value: &[u8]| {
        let text = value.strip_prefix(prefix).unwrap_or(value);
        text.len() >= 16
            && text.iter().all(u8::is_ascii_hexdigit)
            && text.iter().any(u8::is_ascii_uppercase)
    };
    let mut values = signature_values(&variant.signature, case.parts.headers);
    let found = values.any(|value| value.split(|byte| b",; ".contains(byte)).any(is_upper));
    (found && variant.encoding == Encoding::Hex).then(|| {
        "The signature is in upper-case hex. It is accepted here, but many receivers compare text with lower-case hex.".to_owned()
    })
}

/// What some secret looks like, without a word of it.
fn secret(case: &Case<'_>, is_so: fn(&[u8]) -> bool, sentence: &str) -> Option<String> {
    let is_so = |secret: &Secret| !secret.is_pem() && is_so(secret.expose());
    let index = case.secrets.iter().position(is_so)?;
    Some(format!("{} {sentence}", secret_name(case, index)))
}

fn secret_name(case: &Case<'_>, index: usize) -> String {
    match case.secrets.len() {
        1 => "The secret".to_owned(),
        _ => format!("Secret {}", index + 1),
    }
}

fn is_quoted(text: &[u8]) -> bool {
    matches!(text, [first, .., last] if first == last && b"\"'`".contains(first))
}

fn is_variable(text: &[u8]) -> bool {
    let is_capital = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'_';
    match text {
        b"undefined" | b"null" | b"None" | b"nil" | b"[object Object]" => true,
        [b'$', b'{', .., b'}'] | [b'{', b'{', .., b'}', b'}'] => true,
        [b'$', name @ ..] => name.len() > 2 && name.iter().all(is_capital),
        _ => false,
    }
}

fn content_encoding(case: &Case<'_>, _: &Judgement) -> Option<String> {
    let value = case.parts.headers.get("Content-Encoding")?;
    let value = Some(value).filter(|value| !value.eq_ignore_ascii_case(b"identity"))?;
    let shown = Some(quoted(value, 20)).filter(|shown| !shown.is_empty())?;
    Some(format!(
        "Content-Encoding says {shown}: signatures are usually of the body before compression, and proxies may change it."
    ))
}

fn charset(case: &Case<'_>, judgement: &Judgement) -> Option<String> {
    if matches!(judgement.reason, Some(Reason::MissingHeader { .. })) {
        return None;
    }
    let headers = case.parts.headers;
    let content_type = headers.get("Content-Type").unwrap_or_default();
    let content_type = String::from_utf8_lossy(content_type).to_ascii_lowercase();
    let named = content_type.split("charset=").nth(1).unwrap_or("utf-8");
    let named = named.trim_matches(['"', ' ', ';']);
    let mut usual = ["utf-8", "utf8", "us-ascii"].into_iter();
    if !usual.any(|usual| named.starts_with(usual)) {
        let shown = quoted(named.as_bytes(), 20);
        return Some(format!(
            "Content-Type names the charset {shown}: what decodes the body before verifying changes its bytes."
        ));
    }
    let is_text = content_type.contains("json") || content_type.contains("text");
    let is_broken = case.body.is_whole() && std::str::from_utf8(case.body.kept).is_err();
    (is_text && is_broken && !headers.contains("Content-Encoding")).then(|| {
        "The body is not UTF-8, although its Content-Type is a text: it may have been converted on its way.".to_owned()
    })
}
