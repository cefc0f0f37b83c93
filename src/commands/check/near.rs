//! Only this machine and private networks are sent to, unless that is asked for: by their
//! addresses, since a name may lead anywhere.

use std::net::{SocketAddr, ToSocketAddrs as _};

use super::Problem;
use crate::sender::{Url, is_private};

/// Where the URL's name leads: what was looked at is what must be connected to.
///
/// # Errors
/// It leads nowhere, or to somewhere else than here.
pub(super) fn addresses(url: &Url) -> Result<Vec<SocketAddr>, Problem> {
    let host = url.host();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found: Vec<SocketAddr> = (bare, url.port())
        .to_socket_addrs()
        .map_err(|error| Problem::failed(error).context(format!("no address found for {host}")))?
        .collect();
    let Some(public) = found.iter().map(SocketAddr::ip).find(|it| !is_private(*it)) else {
        return Ok(found);
    };
    let place = match public.to_string() == bare {
        true => String::new(),
        false => format!(" ({public})"),
    };
    let problem = Problem::wrong(format!(
        "{host}{place} is neither this machine nor in a private network"
    ));
    Err(problem.hint("--allow-remote sends there all the same: only to a receiver of yours"))
}
