//! What happens where only a kill could make room: who dies, and whether anybody does.

use super::end::{End, Ends};
use crate::facts::process::{Neighbour, UNKILLABLE};
use crate::facts::{Facts, Level, Reading};
use crate::units::Bytes;

/// How a fill ends where only a kill could make room.
pub(super) fn ends(facts: &Facts, level: Option<&Level>) -> Ends {
    let refused = Ends { touch: End::Stall, ..Ends::all(End::Enomem) };
    let unkillable = facts.process.oom_score_adj == Reading::Known(UNKILLABLE);
    if level.is_some_and(|level| unkillable || level.oom_kill_disabled) {
        refused
    } else if level.is_some() && facts.release.before((4, 19)) {
        // Until then a charge by a system call failed instead of killing (29ef680ae7c2).
        Ends { touch: End::OomKill, populate: End::OomKill, ..refused }
    } else {
        Ends::all(End::OomKill)
    }
}

/// How the kernel weighs a process that has so much resident, where `total` is the limit that is reached:
/// its score adds as many thousandths of that (`oom_badness`, mm/oom_kill.c).
pub(super) fn weight(total: Bytes, resident: Bytes, score: i64) -> i128 {
    let share = i128::from(total.0).saturating_mul(score.into());
    share.checked_div(1000).unwrap_or(0).saturating_add(resident.0.into())
}

/// The neighbours that the kernel kills before a process that has so much `resident` and that `score`,
/// the first one first.
#[must_use]
pub(crate) fn victims(facts: &Facts, total: Bytes, resident: Bytes, score: i64) -> Vec<&Neighbour> {
    let own = weight(total, resident, score);
    let weigh = |one: &Neighbour| weight(total, one.resident, one.oom_score_adj);
    let mut victims: Vec<&Neighbour> = facts
        .neighbours
        .iter()
        .filter(|one| one.oom_score_adj != UNKILLABLE && weigh(one) > own)
        .collect();
    victims.sort_by_key(|one| std::cmp::Reverse(weigh(one)));
    victims
}
