//! The memory that all requests and answers together may take up: each has a share, which goes
//! where its bytes go and is given back when they are dropped.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::timeout;

use super::limits::Limits;

/// What everybody may take up together.
pub(super) struct Budget {
    bytes: usize,
    /// What one sender's address may take up of it, so that others can be served beside it.
    part: usize,
    used: AtomicUsize,
    freed: Notify,
    accounts: Mutex<HashMap<IpAddr, Weak<Account>>>,
}

/// What one sender's address takes up.
pub(super) struct Account {
    address: IpAddr,
    used: AtomicUsize,
    budget: Arc<Budget>,
}

/// A share of a receiver's memory, given back when it is dropped.
#[derive(Default)]
pub struct Share {
    account: Option<Arc<Account>>,
    bytes: usize,
}

/// The address by which a sender is known. Who has one address of IPv6 has the 64 bits behind its
/// prefix.
pub(super) fn sender(remote: SocketAddr) -> IpAddr {
    match remote.ip().to_canonical() {
        IpAddr::V6(address) => {
            let prefix = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(prefix))
        }
        address => address,
    }
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        let bytes = limits.buffered_bytes;
        let largest = usize::try_from(limits.body_bytes)
            .unwrap_or(usize::MAX)
            .saturating_add(limits.head_bytes);
        Self {
            bytes,
            part: (bytes - bytes / 4).max(largest.min(bytes)),
            used: AtomicUsize::new(0),
            freed: Notify::new(),
            accounts: Mutex::default(),
        }
    }

    /// The account of a sender.
    pub(super) fn account(self: &Arc<Self>, remote: SocketAddr) -> Arc<Account> {
        let address = sender(remote);
        let mut accounts = self.accounts();
        let open = accounts.get(&address).and_then(Weak::upgrade);
        open.unwrap_or_else(|| {
            let account = Arc::new(Account {
                address,
                used: AtomicUsize::new(0),
                budget: Arc::clone(self),
            });
            accounts.insert(address, Arc::downgrade(&account));
            account
        })
    }

    fn accounts(&self) -> MutexGuard<'_, HashMap<IpAddr, Weak<Account>>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    /// A share of nothing yet.
    pub(super) fn share(self: &Arc<Self>) -> Share {
        Share {
            account: Some(Arc::clone(self)),
            bytes: 0,
        }
    }

    /// A share for an answer, if there is room: senders that do not read theirs must leave some to
    /// requests.
    pub(super) fn share_for_answer(self: &Arc<Self>, bytes: usize) -> Option<Share> {
        let less = |most: usize| most - most / 4;
        let (part, all) = (less(self.budget.part), less(self.budget.bytes));
        self.take(bytes, part, all).then(|| Share {
            account: Some(Arc::clone(self)),
            bytes,
        })
    }

    /// Takes so much, unless that would be more than `part` for this address or than `all`.
    fn take(&self, bytes: usize, part: usize, all: usize) -> bool {
        let taken = add(&self.used, bytes, part);
        let is_taken_of_all = taken && add(&self.budget.used, bytes, all);
        if taken && !is_taken_of_all {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
        }
        is_taken_of_all
    }
}

fn add(used: &AtomicUsize, bytes: usize, most: usize) -> bool {
    let sum = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= most);
    used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum)
        .is_ok()
}

impl Drop for Account {
    fn drop(&mut self) {
        if let Entry::Occupied(entry) = self.budget.accounts().entry(self.address)
            && entry.get().strong_count() == 0
        {
            entry.remove();
        }
    }
}

impl Share {
    /// Sees to it that the share is at least that large, if that can be done at once.
    pub(super) fn cover(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(self.bytes);
        let covered = match &self.account {
            Some(account) => {
                let budget = &account.budget;
                more == 0 || account.take(more, budget.part, budget.bytes)
            }
            None => true,
        };
        if covered {
            self.bytes += more;
        }
        covered
    }

    /// The same, if others give enough of theirs back within that time.
    pub(super) async fn cover_within(&mut self, wait: Duration, bytes: usize) -> bool {
        let Some(account) = self.account.clone() else {
            return true;
        };
        let covering = async {
            loop {
                let freed = account.budget.freed.notified();
                if self.cover(bytes) {
                    break;
                }
                freed.await;
            }
        };
        timeout(wait, covering).await.is_ok()
    }

    /// Makes the share one of nothing.
    pub(super) fn give_back(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        if let Some(account) = &self.account
            && bytes > 0
        {
            account.used.fetch_sub(bytes, Ordering::Relaxed);
            account.budget.used.fetch_sub(bytes, Ordering::Relaxed);
            account.budget.freed.notify_waiters();
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Share").field(&self.bytes).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(bytes: usize) -> Arc<Budget> {
        Arc::new(Budget::new(&Limits {
            buffered_bytes: bytes,
            body_bytes: 10,
            head_bytes: 10,
            ..Limits::default()
        }))
    }

    fn remote(address: &str) -> SocketAddr {
        SocketAddr::new(address.parse().unwrap(), 1)
    }

    #[test]
    fn what_is_dropped_is_given_back() {
        let budget = budget(100);
        let account = budget.account(remote("192.0.2.1"));
        let mut share = account.share();
        assert!(share.cover(50) && share.cover(40) && share.cover(75));
        assert!(!share.cover(76), "three quarters are for one address");
        let mut other = budget.account(remote("192.0.2.2")).share();
        assert!(other.cover(25) && !other.cover(26));
        drop(share);
        assert!(other.cover(75));
        drop((account, other));
        assert_eq!(budget.used.load(Ordering::Relaxed), 0);
        assert!(budget.accounts().is_empty());
    }

    #[test]
    fn one_request_always_fits() {
        let budget = budget(21);
        let mut share = budget.account(remote("192.0.2.1")).share();
        assert!(share.cover(20));
    }

    #[test]
    fn answers_leave_room_for_requests() {
        let budget = budget(100);
        let account = budget.account(remote("192.0.2.1"));
        let answer = account.share_for_answer(57);
        assert!(answer.is_some() && account.share_for_answer(1).is_none());
        assert!(account.share().cover(18));
        drop(answer);
        assert!(account.share_for_answer(57).is_some());
    }

    #[test]
    fn one_sender_is_one_account_however_it_is_written() {
        let budget = budget(100);
        let alike = |one, other| {
            let (one, other) = (budget.account(remote(one)), budget.account(remote(other)));
            Arc::ptr_eq(&one, &other)
        };
        assert!(alike("192.0.2.1", "::ffff:192.0.2.1"));
        assert!(alike("2001:db8::1", "2001:db8::2:3:4"));
        assert!(!alike("2001:db8::1", "2001:db8:0:1::1"));
    }
}
