//! How long somebody is waited for: time in which the one who waits was stopped itself does not count,
//! as whoever is waited for was then mostly stopped too (Ctrl-Z, a frozen container).

use std::time::{Duration, Instant};

/// A longer gap between two looks is no waiting: whoever waits looks more often.
const GAP: Duration = Duration::from_millis(250);

/// What is left of the time that somebody is waited for, by looks at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeout {
    most: Duration,
    waited: Duration,
    looked: Instant,
}

impl Timeout {
    /// It begins now.
    #[must_use]
    pub(crate) fn new(most: Duration) -> Timeout {
        Timeout { most, waited: Duration::ZERO, looked: Instant::now() }
    }

    /// Looks whether it is over.
    pub(crate) fn is_over(&mut self) -> bool {
        self.is_over_at(Instant::now())
    }

    fn is_over_at(&mut self, now: Instant) -> bool {
        let gap = now.saturating_duration_since(self.looked).min(GAP);
        self.waited = self.waited.saturating_add(gap);
        self.looked = now;
        self.waited > self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_in_which_the_waiting_process_was_stopped_does_not_count() {
        let mut timeout = Timeout::new(Duration::from_secs(8));
        let mut now = timeout.looked + Duration::from_secs(60);
        assert!(!timeout.is_over_at(now));
        for _ in 0..77 {
            now += Duration::from_millis(100);
            assert!(!timeout.is_over_at(now));
        }
        now += Duration::from_millis(100);
        assert!(timeout.is_over_at(now), "a look at each 100 ms is waiting");
    }
}
