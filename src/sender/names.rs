//! Names and their addresses: each name is looked up once in a while.
//!
//! ureq asks for every request, and its own resolver starts a thread each time once there is a
//! time-out.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, PoisonError, RwLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// The addresses that are known. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(Arc<RwLock<Known>>);

/// When it was looked up; never for what was pinned.
type Known = HashMap<(String, u16), (Option<Instant>, Vec<SocketAddr>)>;

/// Why there is no address.
pub(super) enum Unknown {
    /// Nobody knows the name, in the system's words.
    NotFound(String),
    /// The time was up.
    TooLate,
    /// The system could not be asked.
    Io(io::Error),
}

impl Names {
    /// How long an address is believed: a forwarder may run for days.
    const FRESH: Duration = Duration::from_secs(60);

    /// Forgets every address that was looked up, after a connection that could not be made.
    pub(super) fn forget(&self) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, (since, _)| since.is_none());
    }

    /// From now on the name leads to these addresses alone, whatever the system says.
    pub(super) fn pin(&self, host: &str, port: u16, addresses: Vec<SocketAddr>) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((host.to_owned(), port), (None, addresses));
    }

    /// The addresses of a host, a literal address being its own.
    pub(super) fn look_up(
        &self,
        host: &str,
        port: u16,
        patience: Duration,
    ) -> Result<Vec<SocketAddr>, Unknown> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let key = (host.to_owned(), port);
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, addresses)) = known.get(&key)
            && since.is_none_or(|since| since.elapsed() < Self::FRESH)
        {
            return Ok(addresses.clone());
        }
        drop(known);
        let addresses = ask_system(&key, patience)?;
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, (Some(Instant::now()), addresses.clone()));
        Ok(addresses)
    }
}

/// The system's look-up knows no time-out, so it gets a thread that may be left behind.
fn ask_system(key: &(String, u16), patience: Duration) -> Result<Vec<SocketAddr>, Unknown> {
    let (answer, answers) = mpsc::sync_channel(1);
    let (host, port) = key.clone();
    thread::Builder::new()
        .name("look-up".to_owned())
        .spawn(move || {
            let found = (host.as_str(), port).to_socket_addrs();
            // Nobody waits any more when the time is up.
            let _ = answer.send(found.map(Iterator::collect::<Vec<_>>));
        })
        .map_err(Unknown::Io)?;
    match answers.recv_timeout(patience) {
        Ok(Ok(addresses)) if addresses.is_empty() => {
            Err(Unknown::NotFound("it has none".to_owned()))
        }
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(error)) => Err(Unknown::NotFound(error.to_string())),
        Err(_) => Err(Unknown::TooLate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_up_once_until_it_is_forgotten() {
        let names = Names::default();
        let found = names.look_up("localhost", 80, Duration::from_secs(7));
        assert!(found.is_ok_and(|found| found[0].ip().is_loopback()));
        let known = names.clone();
        assert_eq!(known.0.read().unwrap().len(), 1);
        // No time is needed for what is known.
        assert!(known.look_up("localhost", 80, Duration::ZERO).is_ok());
        names.forget();
        assert!(known.0.read().unwrap().is_empty());
    }

    #[test]
    fn a_pinned_name_leads_to_what_was_pinned_alone() {
        let (names, here) = (Names::default(), SocketAddr::from(([127, 0, 0, 7], 80)));
        names.pin("localhost", 80, vec![here]);
        names.forget();
        let found = names.look_up("localhost", 80, Duration::ZERO);
        assert!(found.is_ok_and(|found| found == [here]));
    }

    #[test]
    fn a_name_without_an_address_is_told_from_one_that_takes_too_long() {
        // An empty label: no look-up leaves the machine.
        let unknown = Names::default().look_up("no..where", 80, Duration::from_secs(7));
        assert!(matches!(unknown, Err(Unknown::NotFound(_))));
        let literal = Names::default().look_up("::1", 80, Duration::ZERO).ok();
        assert_eq!(literal.unwrap()[0].to_string(), "[::1]:80");
    }
}
