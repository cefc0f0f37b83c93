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
];

impl Scheme {
    /// The names of the table's schemes, Blue's first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|(name, _)| *name)
    }

    /// The record of the table's scheme as TOML text.
    pub fn record(name: &str) -> Option<&'static str> {
        TABLE
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, record)| *record)
    }

    /// The table's scheme of that name.
    pub fn named(name: &str) -> Option<Self> {
        // The records of the table are valid: a test reads every one.
        Self::from_toml(name, Self::record(name)?).ok()
    }
}
