//! The built-in records: one TOML text a provider, read only when it is asked for.

use super::Scheme;

/// The records of the table: name and TOML text. A test walks the folder, so that none is missing.
macro_rules! table {
    ($($name:literal),* $(,)?) => {
        const TABLE: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../schemes/", $name, ".toml")))),*];
    };
}

table![
    "blue",
    "standard-webhooks",
    "svix",
    "polar",
    "github",
    "gitlab",
    "stripe",
    "slack",
    "shopify",
    "twilio",
    "sendgrid",
    "zoom",
    "linear",
    "paddle",
    "paystack",
    "square",
    "discord",
    "twitch",
    "meta",
    "intercom",
    "hubspot",
    "dropbox",
    "typeform",
    "calendly",
    "zendesk",
    "clickup",
    "asana",
    "notion",
    "vercel",
    "sentry",
    "pagerduty",
    "bitbucket",
    "jira",
    "docusign",
    "xero",
    "woocommerce",
    "workos",
    "lemon-squeezy",
    "razorpay",
    "telegram",
    "line",
    "coinbase",
    "gocardless",
    "elevenlabs",
    "cal",
    "tally",
    "airtable",
    "sanity",
    "circleci",
    "buildkite",
    "terraform",
    "trello",
    "telnyx",
    "webex",
    "viber",
    "teams",
    "modern-treasury",
    "mailgun",
    "box",
    "segment",
    "mercado-pago",
    "hook0",
    "convoy",
    "contentful",
    "gitea",
    "grafana",
    "cloudevents",
    "wise",
    "travis",
    "paypal",
    "aws-sns",
    "x",
    "rfc9421",
    "adcp",
    "ucp",
    "plaid",
    "netlify",
    "vonage",
    "messagebird",
];

impl Scheme {
    /// The names of the table's schemes, Blue's first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|(name, _)| *name)
    }

    /// The names that `--scheme` takes: those of [`Scheme::names`], then their aliases.
    pub fn known() -> impl Iterator<Item = &'static str> {
        let aliases = TABLE.iter().flat_map(|(_, record)| aliases(record));
        Self::names().chain(aliases)
    }

    /// The record of the table's scheme of that name or alias, as TOML text.
    pub fn record(name: &str) -> Option<&'static str> {
        entry(name).map(|(_, record)| record)
    }

    /// The table's scheme of that name or alias. It bears its own name.
    pub fn named(name: &str) -> Option<Self> {
        let (name, record) = entry(name)?;
        // The records of the table are valid: a test reads every one.
        Self::from_toml(name, record).ok()
    }
}

fn entry(name: &str) -> Option<(&'static str, &'static str)> {
    let own = TABLE.iter().find(|(known, _)| *known == name);
    let of = |(_, record): &&(&str, &'static str)| aliases(record).any(|alias| alias == name);
    own.or_else(|| TABLE.iter().find(of)).copied()
}

/// The aliases of a record of the table, without reading the rest of it: there they stand on one
/// line. A test holds them equal to what reading gives.
fn aliases(record: &'static str) -> impl Iterator<Item = &'static str> {
    let line = record
        .lines()
        .find_map(|line| line.strip_prefix("aliases = "));
    let quoted = line.unwrap_or_default().split('"').skip(1);
    quoted.step_by(2)
}
