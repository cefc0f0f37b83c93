//! The command that shows a finding again, without any secret in it.

use super::Check;
use crate::blue::event::Event;
use crate::blue::facts::Facts;
use crate::blue::sample;
use crate::cli::{Data, HeaderOption};
use crate::commands::compose;
use crate::config::SecretSource;
use crate::conformance::{Case, How, Kit, Probe, Right};
use crate::delivery::{self, Delivery};
use crate::sender::{self, Url};
use crate::signing::record::words::Algorithm;

/// What the commands have in common.
pub(super) struct Again<'a> {
    check: &'a Check,
    kit: &'a Kit,
    url: &'a Url,
}

impl<'a> Again<'a> {
    pub(super) fn new(check: &'a Check, kit: &'a Kit, url: &'a Url) -> Self {
        Self { check, kit, url }
    }

    /// The command that runs these cases again.
    pub(super) fn cases(&self, names: &[&str]) -> String {
        let url = sender::shell(&self.url.to_string());
        let only: String = names.iter().map(|name| format!(" --only {name}")).collect();
        format!("bluehook check {url}{only}{}{}", self.common(), self.own())
    }

    /// The command that sends the delivery again; where that is not possible or too long, the one
    /// that runs the case again.
    pub(super) fn delivery(&self, case: &Case, probe: &Probe) -> String {
        let algorithm = self.kit.variant().map(|variant| variant.algorithm);
        let is_simple = self.kit.is_blue()
            && algorithm != Some(Algorithm::Token)
            && self.check.header.is_empty()
            && probe.right.is_none()
            && self.kit.secrets.len() == 1
            && !matches!(case.how, How::AtOnce(_));
        let command = is_simple.then(|| self.one(case, probe)).flatten();
        command.unwrap_or_else(|| self.cases(&[case.name]))
    }

    fn one(&self, case: &Case, probe: &Probe) -> Option<String> {
        let delivery = &probe.delivery;
        let url = self.url.with_target(&delivery.target);
        let what = match sample_of(delivery) {
            Some(event) => format!("-e {}", event.name),
            None => format!("-d {}", sender::shell(plain(delivery)?)),
        };
        if delivery.method != "POST" {
            return self.check.transport.curl(&url, delivery).ok();
        }
        let shown = sender::shell(&url.to_string());
        let is_genuine = matches!(
            case.right,
            Right::Taken | Right::Answered | Right::AnsweredRaw | Right::Survived
        );
        // What is signed as send signs it, and has no other header than send's.
        let how = match is_genuine {
            true if headers(&url, delivery)?.matches(" -H ").count() > 1 => return None,
            true => self.common(),
            false => format!(" --unsigned{}", headers(&url, delivery)?),
        };
        Some(format!("bluehook send {shown} {what}{how}"))
    }

    /// The options that send takes, too: secret, scheme, profile, how to deliver.
    fn common(&self) -> String {
        let check = self.check;
        let mut words = Words::default();
        for (index, source) in check.secrets.0.iter().enumerate() {
            match source {
                // Of several each has a variable of its own.
                SecretSource::Value(_) => {
                    let number = if index == 0 {
                        ""
                    } else {
                        &(index + 1).to_string()
                    };
                    words.0.push_str(&format!(" --secret \"$SECRET{number}\""));
                }
                SecretSource::File(path) => words.option("--secret-file", path.display()),
                SecretSource::Keys(path) => words.option("--keys", path.display()),
                SecretSource::Env(name) => words.option("--secret-env", name),
            }
        }
        words.options("--scheme", check.scheme.scheme.as_ref());
        let path = check.scheme.scheme_file.as_ref();
        words.options("--scheme-file", path.map(|path| path.display()));
        words.options("-w", check.profile.webhook.as_ref());
        let path = check.profile.config.as_ref();
        words.options("--config", path.map(|path| path.display()));
        let path = check.transport.cacert.as_ref();
        words.options("--cacert", path.map(|path| path.display()));
        words.options("--proxy", check.transport.proxy.as_ref());
        if check.transport.timeout != sender::BLUE_TIMEOUT {
            let timeout = crate::duration::shown(check.transport.timeout);
            words.option("--timeout", timeout);
        }
        if check.transport.insecure {
            words.0.push_str(" -k");
        }
        words.0
    }

    /// The options that check alone takes, or that send takes otherwise.
    fn own(&self) -> String {
        let check = self.check;
        let mut words = Words::default();
        for header in &check.header {
            match header {
                HeaderOption::File(path) => words.option("-H", format!("@{}", path.display())),
                HeaderOption::Field(field) if field.is_removal => {
                    words.option("-H", format!("{}:", field.name));
                }
                HeaderOption::Field(field) => {
                    let value = match delivery::is_secret(&field.name) {
                        true => "…".into(),
                        false => String::from_utf8_lossy(&field.value),
                    };
                    words.option("-H", format!("{}: {value}", field.name));
                }
            }
        }
        match &check.data {
            Some(Data::Text(text)) => words.option("-d", String::from_utf8_lossy(text)),
            Some(Data::File(path)) => words.option("-d", format!("@{}", path.display())),
            None => {}
        }
        words.options("--verify-token", check.verify_token.as_ref());
        words.options("--public-url", check.public_url.as_ref());
        if check.allow_remote {
            words.0.push_str(" --allow-remote");
        }
        words.0
    }
}

/// Options behind a command.
#[derive(Default)]
struct Words(String);

impl Words {
    fn option(&mut self, name: &str, value: impl ToString) {
        let value = sender::shell(&value.to_string());
        self.0.push_str(&format!(" {name} {value}"));
    }

    fn options(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.option(name, value);
        }
    }
}

/// The event whose sample this delivery is, to the byte.
fn sample_of(delivery: &Delivery) -> Option<&'static Event> {
    let event = Event::named(&Facts::of(&delivery.body).event?)?;
    (sample::sample(event) == delivery.body).then_some(event)
}

/// A body that can be typed.
fn plain(delivery: &Delivery) -> Option<&str> {
    let text = std::str::from_utf8(&delivery.body).ok()?;
    let is_plain = text.len() <= 256
        && text
            .chars()
            .all(|character| (' '..='~').contains(&character))
        && !text.starts_with(['@', '-']);
    is_plain.then_some(text)
}

/// The options that make send's headers these; none where a value is no text.
fn headers(url: &Url, delivery: &Delivery) -> Option<String> {
    let own = compose::draft(url, Vec::new()).headers;
    let mut words = Words::default();
    for header in delivery.headers.iter() {
        if own.get(&header.name) == Some(&header.value) {
            continue;
        }
        let value = std::str::from_utf8(&header.value).ok()?;
        let field = match value.is_empty() {
            true => format!("{};", header.name),
            false => format!("{}: {value}", header.name),
        };
        words.option("-H", field);
    }
    if !delivery.headers.contains("Content-Type") {
        words.option("-H", "Content-Type:");
    }
    Some(words.0)
}
