//! Whom a fill spares: what it may take of memory that others could use too. Pure.
#![forbid(unsafe_code)]

use super::request::{PlanError, Request, Until};
use crate::capacity::ceiling::Unit;
use crate::capacity::neighbours::{
    Neighbours, Resource, neighbours_of, resource_of, tightest_of_cgroups,
};
use crate::capacity::predict::Prediction;
use crate::capacity::{Capacity, Ceiling, Source};
use crate::facts::Facts;
use crate::facts::others::Others;
use crate::units::Bytes;

/// What a fill may take beside others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spared {
    /// Who else could use what it fills.
    pub(crate) neighbours: Neighbours,
    /// The most it may take in all, and why not more.
    pub(crate) most: Option<(Bytes, String)>,
    /// What is watched while it fills: it gives all back where a neighbour grows there.
    pub(crate) watched: Vec<Resource>,
}

/// A ceiling that others are under too.
struct Crowded<'a> {
    ceiling: &'a Ceiling,
    resource: Resource,
    neighbours: Neighbours,
    /// Bytes of segments that fit under it.
    room: Bytes,
}

impl Request {
    /// Decides what it may take. `predicted`: what an unbounded fill would reach.
    ///
    /// # Errors
    /// When others were seen, or the whole machine would be filled, and neither a size nor `force` was
    /// given.
    pub(crate) fn spare(
        &self,
        facts: &Facts,
        capacity: &Capacity,
        others: &Others,
        predicted: Option<Prediction>,
    ) -> Result<Spared, PlanError> {
        let crowded = self.crowded(facts, capacity, others, predicted);
        let worst = crowded.iter().map(|one| &one.neighbours).max().cloned();
        let mut spared = Spared {
            neighbours: worst.unwrap_or(Neighbours::Alone),
            most: None,
            watched: Vec::new(),
        };
        if self.force || crowded.is_empty() {
            return Ok(spared);
        }
        let fits = predicted.map(|predicted| predicted.bytes);
        let asked = match self.until {
            Until::Bytes(bytes) => Some(bytes),
            Until::Safe | Until::Limit => None,
        };
        // Who is seen comes before what the whole machine loses.
        let (machine, near): (Vec<_>, Vec<_>) =
            crowded.iter().partition(|one| one.resource == Resource::Machine);
        for one in near.into_iter().chain(machine) {
            self.refuse(one, asked, fits)?;
        }
        spared.watched = crowded
            .iter()
            .map(|one| one.resource)
            .filter(|resource| {
                matches!(resource, Resource::Tmpfs | Resource::Ipc | Resource::Level(_))
            })
            .collect();
        // What was asked for by its size, and fits, is taken.
        if asked.is_some_and(|asked| fits.is_some_and(|fits| asked <= fits)) {
            return Ok(spared);
        }
        spared.most = crowded
            .iter()
            .min_by_key(|one| one.room)
            // A limit that nobody shares may come before that.
            .filter(|one| fits.is_none_or(|fits| fits.0 > one.room.0 / 2))
            .map(|one| {
                let why = one.neighbours.why().unwrap_or_default();
                let why = format!(
                    "{why}, so half of what is free was left, and no limit was reached; \
                     --exclusive fills up to the limit"
                );
                (Bytes(one.room.0 / 2), why)
            });
        Ok(spared)
    }

    /// What others are under too, as far as this fill would take it from them.
    fn crowded<'a>(
        &self,
        facts: &Facts,
        capacity: &'a Capacity,
        others: &Others,
        predicted: Option<Prediction>,
    ) -> Vec<Crowded<'a>> {
        let rooms = capacity.ceilings.iter().filter(|ceiling| ceiling.unit == Unit::Bytes);
        let rooms = rooms.filter_map(|ceiling| {
            Some((ceiling, resource_of(facts, ceiling), ceiling.headroom(self.method, 1).bytes()?))
        });
        let rooms: Vec<(&Ceiling, Resource, Bytes)> = rooms.collect();
        let tightest = tightest_of_cgroups(facts, capacity);
        rooms
            .into_iter()
            .filter_map(|(ceiling, resource, room)| {
                let nearest = resource == Resource::Tmpfs
                    || tightest.is_some_and(|tightest| std::ptr::eq(tightest, ceiling));
                // Of everything else others keep at least half, whatever this fill takes.
                let most =
                    predicted.map(|all| all.bytes).into_iter().chain(self.budget.bytes).min();
                let takes = most.is_none_or(|most| most.0 > room.0 / 2);
                let exclusive = self.exclusive && resource != Resource::Machine;
                if !(nearest || takes) || exclusive {
                    return None;
                }
                let neighbours = neighbours_of(facts, others, resource);
                (neighbours != Neighbours::Alone).then_some(Crowded {
                    ceiling,
                    resource,
                    neighbours,
                    room,
                })
            })
            .collect()
    }

    /// Refuses what is not to be done without being asked for by name.
    fn refuse(
        &self,
        one: &Crowded<'_>,
        asked: Option<Bytes>,
        fits: Option<Bytes>,
    ) -> Result<(), PlanError> {
        let Neighbours::Shared(why) = &one.neighbours else { return Ok(()) };
        let most = fits.map_or(one.room, |fits| fits.min(one.room));
        match asked {
            Some(asked) if asked <= most => return Ok(()),
            Some(asked) => {
                return Err(PlanError::Hurts(format!(
                    "{asked} do not fit, and beyond {most} others would be affected: {why}; use a \
                     smaller size"
                )));
            }
            None if self.budget.asked => return Ok(()),
            None => {}
        }
        // A run takes the size of its budget.
        let option = if self.budget.bytes.is_some() { "--budget-size" } else { "--until" };
        if one.resource == Resource::Machine {
            let what = match one.ceiling.source {
                Source::HugetlbPool | Source::HugetlbCgroup => "huge pages",
                _ => "memory",
            };
            return Err(PlanError::WholeMachine(format!(
                "no container limit is lower, so this would take {most} of {what} that the whole \
                 machine shares: give a size, such as {option} 1Gi"
            )));
        }
        Err(PlanError::Hurts(format!(
            "{why}, so this could take what others need: give a size, such as {option} {}",
            example(most)
        )))
    }
}

/// A size to try: a quarter of what fits, as people write it.
fn example(most: Bytes) -> String {
    match most.0 >> 22 {
        0 => format!("{}Ki", (most.0 >> 12).max(4)),
        mib if mib >= 1024 => "1Gi".to_owned(),
        mib => format!("{mib}Mi"),
    }
}
