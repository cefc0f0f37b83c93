//! How a delivery is sent: the options of an attempt, and the sender or the curl command that they
//! come to.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::Problem;
use crate::cli;
use crate::delivery::Delivery;
use crate::sender::{self, Curl, Sender, Url};

/// How an attempt is made.
#[derive(Debug, Args)]
#[command(next_help_heading = "Delivery")]
pub(super) struct Transport {
    /// How long an attempt may take; Blue waits 7 seconds
    #[arg(long, value_name = "DURATION", default_value = "7s", value_parser = cli::positive_duration)]
    pub timeout: Duration,
    /// Trust the certificates in this PEM file instead of the public ones
    #[arg(long, value_name = "FILE")]
    pub cacert: Option<PathBuf>,
    /// Do not verify the receiver's certificate
    #[arg(short = 'k', long)]
    pub insecure: bool,
    /// Go through this proxy; without it none is used, whatever the environment says
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
}

impl Transport {
    /// The sender that these options describe, for so many attempts at a time.
    ///
    /// # Errors
    /// Certificates or a proxy that cannot be used.
    pub(super) fn sender(&self, concurrency: usize) -> Result<Sender, Problem> {
        let cacert = match &self.cacert {
            None => None,
            Some(path) => Some(std::fs::read(path).map_err(|error| {
                Problem::failed(error).context(format!("could not read {}", path.display()))
            })?),
        };
        Sender::new(&sender::Options {
            timeout: self.timeout,
            cacert,
            insecure: self.insecure,
            proxy: self.proxy.clone(),
            concurrency,
        })
        .map_err(Problem::usage)
    }

    /// The curl command that makes the same attempt.
    ///
    /// # Errors
    /// A delivery that no request can carry.
    pub(super) fn curl(&self, url: &Url, delivery: &Delivery) -> Result<String, Problem> {
        let cacert = self.cacert.as_ref().map(|path| path.display().to_string());
        let options = Curl {
            timeout: Some(self.timeout),
            insecure: self.insecure,
            cacert: cacert.as_deref(),
            proxy: self.proxy.as_deref(),
        };
        sender::curl_command(url, delivery, &options).map_err(Problem::usage)
    }
}
