//! The built-in receiver of `send --loopback`: judges what it gets and keeps it for showing.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use super::settings;
use super::shell::Problem;
use crate::blue::event::Event;
use crate::blue::facts::Facts;
use crate::receiver::{Answer, Limits, Malformed, Received, Receiver, Responder, Service, Stop};
use crate::sender::{self, Url};
use crate::show::exchange;
use crate::show::seen::Layout;

use crate::signing::{Clock, Judge, Judgement, Keyring, Parts, Scheme, Secret, Tolerance};

/// The receiver while it runs.
pub(super) struct Loopback {
    /// Where it receives.
    pub url: Url,
    arrived: mpsc::Receiver<(Received, Option<Judgement>)>,
    stop: Stop,
    thread: JoinHandle<std::io::Result<()>>,
    scheme: Arc<Scheme>,
}

struct Verifier {
    scheme: Arc<Scheme>,
    keyring: Option<Keyring>,
    url: String,
    arrived: mpsc::Sender<(Received, Option<Judgement>)>,
}

impl Service for Verifier {
    fn received(&self, received: Received, responder: Responder) {
        let judgement = self.keyring.as_ref().and_then(|keyring| {
            let delivery = &received.delivery;
            let parts = Parts {
                method: &delivery.method,
                url: Some(&self.url),
                headers: &delivery.headers,
            };
            let judge = Judge::new(&self.scheme, keyring, parts).ok()?;
            let clock = Clock {
                now: jiff::Timestamp::try_from(received.at).unwrap_or_default(),
                tolerance: Tolerance::AsScheme,
            };
            Some(judge.finish_with(&delivery.body, &clock))
        });
        let genuine = judgement.as_ref().is_none_or(Judgement::is_genuine);
        // Kept before it is answered: the sender's side looks for it once it has its answer.
        let _ = self.arrived.send((received, judgement));
        responder.answer(Answer::status(if genuine { 200 } else { 401 }));
    }

    fn malformed(&self, _: Malformed) {}
}

impl Loopback {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// There is no port, or the secrets are none of the scheme's.
    pub(super) fn start(scheme: &Scheme, secrets: &[Secret]) -> Result<Self, Problem> {
        let no_port = |error| Problem::failed(error).context("could not open a loopback port");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let receiver = Receiver::bind(address, Limits::default()).map_err(no_port)?;
        let address = receiver.local_addr().map_err(no_port)?;
        let url: Url = format!("http://{address}/")
            .parse()
            .map_err(|error: sender::BadUrl| Problem::usage(error))?;
        let keyring = match secrets {
            [] => None,
            // The same keys verify: of a key pair the private half holds the public one.
            secrets => Some(Keyring::for_signing(scheme, secrets).map_err(settings::unfit)?),
        };
        let scheme = Arc::new(scheme.clone());
        let (sender, arrived) = mpsc::channel();
        let verifier = Verifier {
            scheme: scheme.clone(),
            keyring,
            url: url.to_string(),
            arrived: sender,
        };
        let stop = Stop::new();
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || receiver.serve(verifier, &stopped));
        Ok(Self {
            url,
            arrived,
            stop,
            thread,
            scheme,
        })
    }

    /// What it got, for people.
    pub(super) fn shown(&self, layout: &Layout) -> String {
        match self.arrived.try_recv() {
            Ok((received, judgement)) => {
                let delivery = &received.delivery;
                let event = Facts::of(&delivery.body).event;
                let is_blue = *self.scheme == Scheme::default()
                    && event.is_some_and(|event| Event::named(&event).is_some());
                exchange::received(delivery, &self.scheme, judgement.as_ref(), is_blue, layout)
            }
            Err(_) => String::new(),
        }
    }

    /// Ends it.
    pub(super) fn stop(self) {
        self.stop.trigger();
        // Its thread ends by itself; what it might report does not matter any more.
        let _ = self.thread.join();
    }
}
