//! A careful fill and one without care in the same random setting: nobody is killed by the first, no
//! more than what was asked for is filled, and what it reached, with what its canaries held and what
//! it says that swap would give, is what the second one then reaches.

use serde_json::{Value, json};

use crate::cells::{alike, note, reached};

pub const MIB: u64 = 1 << 20;

/// How many settings a hierarchy, where nobody says more.
pub const RUNS: (&str, u64) = ("SHMETER_SAFE_RUNS", 16);

/// Which settings.
pub const SEED: (&str, u64) = ("SHMETER_SAFE_SEED", 1);

/// MiB of every limit; 0: random ones.
pub const LIMIT: (&str, u64) = ("SHMETER_SAFE_LIMIT", 0);

/// Where every limit is: `own`, `parent` (guests) or `hidden`; where nobody says, in all of them in turn.
pub fn place() -> Option<String> {
    std::env::var("SHMETER_SAFE_PLACE").ok()
}

/// The number in an environment variable, or what it is by default.
pub fn variable((name, default): (&str, u64)) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// Numbers that look random (xorshift64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 8) % most
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::try_from(self.below(u64::try_from(of.len()).unwrap())).unwrap()]
    }
}

/// What both fills of a setting printed.
pub struct Pair<'a> {
    pub setting: &'a str,
    pub fill: &'a str,
    /// Bytes, where so many were asked for.
    pub asked: Option<u64>,
    /// Throttling comes before the kill: the other fill goes on far beyond its mark.
    pub high: bool,
    /// Limits are hidden, those of swap too.
    pub hidden: bool,
    /// There is swap.
    pub swaps: bool,
    /// Other processes take what they get of the CPUs.
    pub busy: bool,
    /// The careful fill's document, and the other one's.
    pub safe: &'a str,
    pub limit: &'a str,
    /// The careful fill's exit code.
    pub status: i64,
    /// Processes that the kernel killed meanwhile.
    pub kills: u64,
}

impl Pair<'_> {
    /// What is not as it should be.
    pub fn check(&self) -> Option<String> {
        let document: Value = serde_json::from_str(self.safe).unwrap_or_default();
        let measured = &document["measured"];
        let end = measured["ended_in"].as_str().unwrap_or("nothing");
        let bytes = measured["bytes"].as_u64().unwrap_or(u64::MAX);
        let (safe, limit) = (reached(self.safe), reached(self.limit));
        // What reclaim freed for the last step of each worker, 32 pages at once (SWAP_CLUSTER_MAX), nobody
        // filled any more: with up to four it is within the MiB, if not all are interrupted just there.
        let procs = document["procs"].as_u64().unwrap_or(1);
        let spare = procs.saturating_sub(if self.busy { 0 } else { 4 }) * (128 << 10);
        let swap = document["predicted"]["swap_bytes"].as_u64().unwrap_or(0);
        let other: Value = serde_json::from_str(self.limit).unwrap_or_default();
        let full = ["enospc", "sigbus", "efault"].map(Value::from);
        let full = full.contains(&other["measured"]["ended_in"]);
        let enough = match self.asked {
            Some(asked) if end == "full" => bytes <= asked,
            Some(asked) if bytes > asked => false,
            // Throttled, `limit` goes on to where it stands still.
            _ if self.high => document["error_bytes"].as_i64().is_some_and(|error| {
                document["predicted"]["certainty"] != "exact" || error.abs() <= 1 << 20
            }),
            // The canaries hold room that a full tmpfs would not give.
            _ if end == "edge" && full => {
                limit + MIB >= bytes && (limit <= safe + MIB + spare || self.swaps)
            }
            // Nor what it would give to a fill of a size, which is foretold to fit.
            Some(_) if self.swaps && self.hidden => safe <= limit + MIB,
            // How much swap a hidden limit leaves cannot be told.
            _ if swap > 0 && self.hidden => safe <= limit + MIB && limit <= safe + swap + MIB,
            // What swap would give is added. Of it some is lost to what is in memory and in swap at once.
            _ if swap > 0 => {
                let early = 16 * MIB;
                // Now and then it swaps before it takes the canaries: then less than that is left.
                let swapped = document["error_bytes"].as_i64() > Some(1 << 20);
                let between = safe <= limit + MIB && limit <= safe + swap;
                alike(safe + swap, limit) || between && (swapped || safe + swap <= limit + early)
            }
            _ => alike(safe, limit) || safe <= limit && limit <= safe + MIB + spare,
        };
        let harmless = self.kills == 0
            && !["oom-kill", "killed", "stall", "nothing"].contains(&end)
            && [0, 1].contains(&self.status);
        let held = safe - bytes.min(safe);
        note(&json!({
            "setting": self.setting,
            "fill": self.fill,
            "asked": self.asked,
            "safe": bytes,
            "held": held,
            "swap": swap,
            "end": end,
            "limit": limit,
            "kills": self.kills,
            "seconds": document["seconds"],
            "watched": document["watch_seconds"],
            "procs": document["procs"],
            "good": enough && harmless,
        }));
        (!enough || !harmless).then(|| {
            format!(
                "{}: fill {}: {end}, {} kills, reached {bytes}, held {held}, left {swap} of swap, limit {limit}, {}",
                self.setting, self.fill, self.kills, document["evidence"],
            )
        })
    }
}
