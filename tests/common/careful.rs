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

/// The other fill of a setting, with a score that is no more than that of a stand-in: so it starts none, whose memory it would not
/// fill.
pub const TO_THE_LIMIT: &str = "--until limit --oom-score-adj 900";

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
    /// The careful fill's document, and the other one's, if there was one.
    pub safe: &'a str,
    pub limit: Option<&'a str>,
    /// Bytes by which both may differ beyond the usual tolerance.
    pub slack: u64,
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
        let swap = document["predicted"]["swap_bytes"].as_u64().unwrap_or(0);
        let safe = reached(self.safe);
        let limit = self.limit.map(reached);
        let enough = match (self.asked, self.limit) {
            (Some(asked), _) if end == "full" => bytes <= asked,
            (Some(asked), _) if bytes > asked => false,
            (_, Some(limit)) => self.is_enough(&document, limit),
            (_, None) => true,
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
            "predicted": document["predicted"],
            "error_bytes": document["error_bytes"],
            "agrees": document["agrees"],
            "good": enough && harmless,
        }));
        (!enough || !harmless).then(|| {
            format!(
                "{}: fill {}: {end}, {} kills, reached {bytes}, held {held}, left {swap} of swap, limit {limit:?}, {}",
                self.setting, self.fill, self.kills, document["evidence"],
            )
        })
    }

    /// Whether what the careful fill reached is what the other one, which printed `limit`, then did.
    fn is_enough(&self, document: &Value, limit: &str) -> bool {
        let measured = &document["measured"];
        let end = measured["ended_in"].as_str().unwrap_or("nothing");
        let bytes = measured["bytes"].as_u64().unwrap_or(u64::MAX);
        let other: Value = serde_json::from_str(limit).unwrap_or_default();
        let (safe, limit) = (reached(self.safe), reached(limit));
        let near = MIB + self.slack;
        let alike = |one: u64, other: u64| alike(one, other) || one.abs_diff(other) <= near;
        // What reclaim freed for the last step of each worker, 32 pages at once (SWAP_CLUSTER_MAX), nobody
        // filled any more: with up to four it is within the MiB, if not all are interrupted just there.
        let procs = document["procs"].as_u64().unwrap_or(1);
        let spare = procs.saturating_sub(if self.busy { 0 } else { 4 }) * (128 << 10);
        let swap = document["predicted"]["swap_bytes"].as_u64().unwrap_or(0);
        let full = ["enospc", "sigbus", "efault"].map(Value::from);
        let full = full.contains(&other["measured"]["ended_in"]);
        match self.asked {
            // Throttled, `limit` goes on to where it stands still.
            _ if self.high => document["error_bytes"].as_i64().is_some_and(|error| {
                document["predicted"]["certainty"] != "exact" || error.unsigned_abs() <= near
            }),
            // The canaries hold room that a full tmpfs would not give.
            _ if end == "edge" && full => {
                limit + near >= bytes && (limit <= safe + near + spare || self.swaps)
            }
            // Nor what it would give to a fill of a size, which is foretold to fit.
            Some(_) if self.swaps && self.hidden => safe <= limit + near,
            // How much swap a hidden limit leaves cannot be told.
            _ if swap > 0 && self.hidden => safe <= limit + near && limit <= safe + swap + near,
            // What swap would give is added. Of it some is lost to what is in memory and in swap at once.
            _ if swap > 0 => {
                let early = 16 * MIB + self.slack;
                // Now and then it swaps before it takes the canaries: then less than that is left.
                let swapped = document["error_bytes"].as_i64() > Some(1 << 20);
                let between = safe <= limit + near && limit <= safe + swap;
                alike(safe + swap, limit) || between && (swapped || safe + swap <= limit + early)
            }
            _ => alike(safe, limit) || safe <= limit && limit <= safe + near + spare,
        }
    }
}
