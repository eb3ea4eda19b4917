//! How long whoever failed to sign in has to wait. The wait grows with each failure and ends by itself: nobody is ever
//! locked out for good, and a stranger's failures make no wait for whoever signs in from elsewhere.
//!
//! What is counted: tries of one network on one account (`pair`), of one browser that has signed in to the account before
//! (`device`, which nobody else's tries count for), of one network on all accounts (`network`), and all tries on one
//! account from browsers that it does not know (`account`). The last makes no wait of its own: it says that an account is
//! being guessed at, and then each network has one free try, and long waits.
//!
//! Counts halve with each hour in which nothing fails. Not here: what they are counted under (`edge::desk_do::passwords`).

const SECOND_MS: i64 = 1_000;
const HOUR_MS: i64 = 60 * 60 * SECOND_MS;
/// The longest wait. Longer, and it would be a lockout by another name.
pub const MAX_WAIT_MS: i64 = 15 * 60 * SECOND_MS;
/// Counts are forgotten once nothing failed for this long: nothing is left of them by halving.
pub const KEPT_MS: i64 = 24 * HOUR_MS;

/// The first wait.
const FIRST_WAIT_MS: i64 = 5 * SECOND_MS;
/// Tries that cost no wait, of a person who mistypes.
const FREE: u32 = 5;
/// The same while the account is being guessed at.
const FREE_UNDER_ATTACK: u32 = 1;
/// Failures on one account that are more than forgetting (NIST SP 800-63B allows no more in a row without a limit).
const ATTACK: u32 = 100;
/// The first wait while the account is being guessed at.
const ATTACK_WAIT_MS: i64 = 30 * SECOND_MS;
/// Failures of one network on all accounts that are free: an office on the first of the month.
const FREE_OF_NETWORK: u32 = 30;

/// A count, and when the last try was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many.
    pub count: u32,
    /// Milliseconds since 1970.
    pub last_at: i64,
}

impl Tries {
    /// How many are left of them by now.
    pub fn now(self, at: i64) -> u32 {
        let hours = at.saturating_sub(self.last_at).max(0) / HOUR_MS;
        self.count.checked_shr(u32::try_from(hours).unwrap_or(u32::MAX)).unwrap_or(0)
    }

    /// With one more.
    #[must_use]
    pub fn more(self, at: i64) -> Self {
        Self { count: self.now(at).saturating_add(1), last_at: at }
    }

    /// With one less: a try that was counted has not failed.
    #[must_use]
    pub fn less(self, at: i64) -> Self {
        Self { count: self.now(at).saturating_sub(1), last_at: self.last_at }
    }
}

/// What was counted of whoever tries now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// Of their browser, where it has signed in before; else of their network on this account.
    pub own: Tries,
    /// Whether it is a browser that has signed in before.
    pub is_known: bool,
    /// Of their network on all accounts, where their network is known.
    pub network: Tries,
    /// On this account, from browsers that it does not know.
    pub account: Tries,
}

/// How long to wait before the next try, in milliseconds; 0 for not at all.
pub fn wait_ms(seen: Seen, at: i64) -> i64 {
    let is_attack = !seen.is_known && seen.account.now(at) >= ATTACK;
    let (free, first) = if is_attack { (FREE_UNDER_ATTACK, ATTACK_WAIT_MS) } else { (FREE, FIRST_WAIT_MS) };
    let own = left(seen.own, free, first, at);
    // Whoever was here before is not kept out by others behind the same address.
    if seen.is_known { own } else { own.max(left(seen.network, FREE_OF_NETWORK, FIRST_WAIT_MS, at)) }
}

fn left(tries: Tries, free: u32, first: i64, at: i64) -> i64 {
    let Some(beyond) = tries.now(at).checked_sub(free) else { return 0 };
    let wait = first.checked_shl(beyond.min(20)).unwrap_or(MAX_WAIT_MS).min(MAX_WAIT_MS);
    // A clock that went back makes nobody wait longer than a whole wait.
    tries.last_at.saturating_add(wait).saturating_sub(at).clamp(0, wait)
}

/// Whether so many failures in a row are worth a line in the audit log: 5, 10, 20, 40, ... so that a flood writes few.
pub fn is_told(count: u32) -> bool {
    count >= FREE && count.is_multiple_of(FREE) && (count / FREE).is_power_of_two()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 1_795_253_400_000;

    #[test]
    fn the_wait_grows_from_the_sixth_try_on_and_ends() {
        let waits: Vec<i64> = (0..20).map(|count| wait_ms(of(count), AT) / SECOND_MS).collect();
        assert_eq!(waits[..12], [0, 0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320]);
        assert_eq!(waits[19], MAX_WAIT_MS / SECOND_MS);
        assert_eq!(wait_ms(of(7), AT + 19_000), SECOND_MS);
        assert_eq!(wait_ms(of(7), AT + 20_000), 0);
        assert_eq!(wait_ms(of(u32::MAX), AT + MAX_WAIT_MS), 0);
        assert_eq!(wait_ms(of(7), AT - HOUR_MS), 20 * SECOND_MS);
    }

    #[test]
    fn an_hour_of_quiet_forgives_half() {
        assert_eq!(Tries { count: 40, last_at: AT }.now(AT + 2 * HOUR_MS), 10);
        assert_eq!(Tries { count: 40, last_at: AT }.more(AT + HOUR_MS), Tries { count: 21, last_at: AT + HOUR_MS });
        assert_eq!(Tries { count: u32::MAX, last_at: AT }.now(AT + 40 * HOUR_MS), 0);
        assert_eq!(Tries { count: 1, last_at: AT }.less(AT).less(AT).count, 0);
    }

    #[test]
    fn a_stranger_keeps_nobody_out() {
        let attacked = Tries { count: 1_000_000, last_at: AT };
        // From another network, and in a browser that was here before behind the very same network.
        assert_eq!(wait_ms(Seen { account: attacked, ..Seen::default() }, AT), 0);
        assert_eq!(wait_ms(Seen { account: attacked, network: attacked, is_known: true, ..Seen::default() }, AT), 0);
    }

    #[test]
    fn guessing_from_many_networks_is_slow_on_each() {
        let account = Tries { count: ATTACK, last_at: AT };
        let own =
            |count| wait_ms(Seen { account, own: Tries { count, last_at: AT }, ..Seen::default() }, AT) / SECOND_MS;
        assert_eq!([own(0), own(1), own(2), own(6)], [0, 30, 60, 900]);
    }

    #[test]
    fn one_network_that_tries_many_accounts_waits() {
        let network =
            |count| wait_ms(Seen { network: Tries { count, last_at: AT }, ..Seen::default() }, AT) / SECOND_MS;
        assert_eq!([network(29), network(30), network(34)], [0, 5, 80]);
    }

    #[test]
    fn a_flood_is_told_a_few_times() {
        let told: Vec<u32> = (0..2_000).filter(|count| is_told(*count)).collect();
        assert_eq!(told, [5, 10, 20, 40, 80, 160, 320, 640, 1_280]);
    }

    fn of(count: u32) -> Seen {
        Seen { own: Tries { count, last_at: AT }, ..Seen::default() }
    }
}
