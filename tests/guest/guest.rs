//! A guest that boots once for all of its cases, whoever asks first.

use std::panic::catch_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::machine::Answers;
use crate::{fills, room, safe, truths, watch};

/// A guest and what it told.
pub struct Guest {
    run: fn() -> Answers,
    started: AtomicBool,
    told: OnceLock<Result<Answers, String>>,
}

static GUESTS: [&Guest; 13] = [
    &watch::GUEST,
    &room::GUEST,
    &fills::beside::GUEST,
    &fills::journal::GUEST,
    &safe::v2::GUEST,
    &safe::v1::GUEST,
    &fills::on_swap::GUEST,
    &truths::swap::GUEST,
    &fills::on_v2::GUEST,
    &truths::v2::GUEST,
    &fills::on_v1::GUEST,
    &truths::v1::GUEST,
    &truths::host::GUEST,
];

impl Guest {
    pub const fn new(run: fn() -> Answers) -> Guest {
        Guest { run, started: AtomicBool::new(false), told: OnceLock::new() }
    }

    /// Boots it, unless another test does. Whoever would have to wait boots another guest
    /// meanwhile, where all tests are to run.
    pub fn answers(&'static self) -> &'static Answers {
        let free = |guest: &&&Guest| !guest.started.swap(true, Ordering::Relaxed);
        let others = if some_only() { &[][..] } else { &GUESTS };
        while self.told.get().is_none() {
            let Some(guest) = [&self].into_iter().chain(others).find(free) else { break };
            let run = guest.run;
            let told = catch_unwind(run).map_err(|fault| {
                let why = fault.downcast::<String>();
                why.map_or_else(|_| "see above".to_owned(), |text| *text)
            });
            assert!(guest.told.set(told).is_ok(), "a guest was started twice");
        }
        match self.told.wait() {
            Ok(answers) => answers,
            Err(why) => panic!("the guest could not be run: {why}"),
        }
    }
}

/// Whether this program was asked for some of its tests only.
fn some_only() -> bool {
    let arguments: Vec<String> = std::env::args().collect();
    arguments.windows(2).any(|pair| !pair[1].starts_with('-') && pair[0] != "--skip")
}

impl Answers {
    /// What a case told: so many steps, and no fault.
    pub fn of(&self, case: &str, steps: usize) -> Vec<&Value> {
        let told: Vec<&Value> = self.lines.iter().filter(|line| line["case"] == case).collect();
        let complete = told.len() == steps && told.iter().all(|line| line["fault"].is_null());
        let tail = self.console.lines().rev().take(60).collect::<Vec<_>>();
        let tail = tail.into_iter().rev().collect::<Vec<_>>().join("\n");
        assert!(
            complete,
            "{case} did not run to its end (the guest: {}, {:?}): {told:#?}\n{tail}",
            self.complete, self.took
        );
        told
    }
}

pub fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// A guest's cases: a test each, and the guest boots once for all of them.
macro_rules! cases {
    ($machine:expr; $($name:ident: $case:expr;)*) => {
        pub static GUEST: crate::guest::Guest =
            crate::guest::Guest::new(|| $machine.run(&[$($case.case(stringify!($name))),*]));

        $(
            #[test]
            fn $name() {
                $case.check(stringify!($name), GUEST.answers());
            }
        )*
    };
}
pub(crate) use cases;
