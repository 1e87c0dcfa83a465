//! What a measurement may fill.

use super::*;

fn plan(
    machine: &Machine,
) -> Result<Option<shmeter::fill::hidden_limits::Plan>, shmeter::fill::hidden_limits::MeasureError>
{
    let facts = machine.facts();
    shmeter::fill::hidden_limits::plan(&facts, &assess(&facts))
}

#[test]
fn where_every_limit_was_seen_a_measurement_fills_nothing() {
    assert_eq!(plan(&Machine::bare()).unwrap(), None);
    assert_eq!(plan(&limited(64 * MIB, 0)).unwrap(), None);
}

#[test]
fn a_measurement_goes_no_further_than_what_was_seen_and_leaves_the_machine_its_reserve() {
    let hidden = |max: &str| Machine::v2("/").level(CG, max, 0);
    let planned = plan(&hidden("268435456")).unwrap().unwrap();
    assert!(planned.most.0 <= 257 * MIB && planned.most.0 > 250 * MIB, "{planned:?}");
    assert!(!planned.all_or_none);
    let whole = plan(&hidden("max").meminfo(8 * GIB, 6 * GIB, 0)).unwrap().unwrap();
    assert_eq!(whole.most.0, 6 * GIB - 512 * MIB);
    let small = plan(&hidden("max").meminfo(8 * GIB, 512 * MIB, 0));
    assert!(small.is_err(), "{small:?}");
}

#[test]
fn a_measurement_says_that_a_kill_would_take_the_whole_container() {
    let machine =
        Machine::v2("/").level(CG, "268435456", 0).file(&format!("{CG}/memory.oom.group"), "1\n");
    assert!(plan(&machine).unwrap().unwrap().all_or_none);
}
