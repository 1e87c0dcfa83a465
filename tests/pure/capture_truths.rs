//! What a fill really reached on 27 recorded machines is what the model says of their captures.

use crate::common::{self, capture, truth};
use serde_json::Value;
use shmeter::capacity::findings::Asked;
use shmeter::capacity::predict::{Plan, predict};
use shmeter::capacity::{ByKind, Certainty, Kind, Method, assess};
use shmeter::probe::{Target, gather};
use shmeter::report::Document;
use shmeter::units::Bytes;

fn agree(predicted: u64, reached: u64) -> bool {
    Bytes(predicted).agrees_with(Bytes(reached))
}

fn kind(word: &str) -> Kind {
    Kind::ALL.into_iter().find(|kind| kind.word() == word).unwrap()
}

fn method(word: &str) -> Method {
    Method::ALL.into_iter().find(|method| method.word() == word).unwrap()
}

/// The parent's limit is in no file that this container can read: every row of it may only be
/// bounded from above.
const UNSEEN: &str = "vm-v2-nested-parent256-cgns";

/// Checks every row of a truth file; returns how many.
fn check(case: &str) -> usize {
    let facts = gather(&capture(case), &Target::default()).unwrap();
    let capacities = assess(&facts);
    let truth = truth(case);
    let mut checked = 0;
    for row in truth["runs"].as_array().unwrap() {
        let text = |key: &str| row[key].as_str().unwrap();
        let (kind, method) = (kind(text("kind")), method(text("method")));
        let capacity = capacities.iter().find(|capacity| capacity.kind == kind).unwrap();
        let plan = Plan {
            method,
            procs: u32::try_from(row["procs"].as_u64().unwrap()).unwrap(),
            bytes_each: row["requested"].as_u64().map(Bytes),
            one_call: method == Method::Fallocate,
        };
        let predicted = predict(capacity, &plan).unwrap();
        let reached = row["reached"].as_u64().unwrap();
        let end = match text("outcome") {
            "stalled" => "stall",
            other => other,
        };
        if case == UNSEEN {
            assert!(predicted.bytes.0 >= reached, "{case}: {row} but {predicted:?}");
            assert_eq!(capacity.certainty, Certainty::AtMost, "{case}: {row}");
        } else {
            assert_eq!(predicted.end.word(), end, "{case}: {row} but {predicted:?}");
            assert!(agree(predicted.bytes.0, reached), "{case}: {row} but {predicted:?}");
        }
        checked += 1;
    }
    checked + expectations(case, &truth["expect"])
}

/// Checks what a truth file expects of the report; returns how many things.
fn expectations(case: &str, expect: &Value) -> usize {
    let Some(expect) = expect.as_object() else { return 0 };
    let own = gather(&capture(case), &Target::default()).unwrap();
    let pid = expect.get("pid").and_then(Value::as_u64).map(|pid| u32::try_from(pid).unwrap());
    let target = gather(&capture(case), &Target { pid, ..Target::default() }).unwrap();
    let document = |facts| Document::new(facts, &assess(facts), &Asked::default());
    let (own, target) = (document(&own), serde_json::to_value(document(&target)).unwrap());
    let posix = &target["segments"]["posix"];
    for (key, wanted) in expect {
        let found = match key.as_str() {
            "pid" => target["subject"]["pid"].clone(),
            "view" => target["subject"]["view"].clone(),
            "mount_total" => target["df"]["total_bytes"].clone(),
            "limit" => target["cgroup"]["levels"][0]["limit"].clone(),
            "posix_available_write" => posix["methods"]["write"]["available_bytes"].clone(),
            "self_hidden_ancestors" => Value::from(own.cgroup.hidden_ancestors),
            "finding" => {
                let ids = own.findings.iter().map(|finding| finding.id);
                ids.into_iter().find(|id| *id == wanted).map_or(Value::Null, Value::from)
            }
            other => panic!("{case}: nobody checks `{other}`"),
        };
        assert_eq!(&found, wanted, "{case}: {key}");
    }
    expect.len()
}

macro_rules! truths {
    ($($name:ident: $case:literal $count:literal;)*) => {
        $(#[test]
        fn $name() {
            assert_eq!(check($case), $count, "rows and expectations of {}", $case);
        })*

        #[test]
        fn every_capture_has_its_test() {
            let mut cases = vec![$($case.to_owned()),*];
            cases.sort();
            assert_eq!(cases, common::cases());
        }
    };
}

truths! {
    k8s_default_pod: "k8s-a-default" 1;
    k8s_size_below_the_limit: "k8s-b1-lim1g-size256m" 1;
    k8s_pod_level_limit: "k8s-b11-podlevel512-nosize" 1;
    k8s_no_size_limit: "k8s-b2-lim1g-nosize" 1;
    k8s_size_above_the_limit: "k8s-b5-lim1g-size2g" 1;
    k8s_a_disk_at_dev_shm: "k8s-b8-disk-size256m" 1;
    k8s_ephemeral_container_looks_at_its_target: "k8s-d-ephemeral-d-ed" 5;
    k8s_v2_ephemeral_container_looks_at_its_target: "k8s-d-ephemeral-v2-d-ed" 6;
    k8s_target_looks_at_itself: "k8s-d-target-d-ed" 1;
    k8s_v2_target_looks_at_itself: "k8s-d-target-v2-d-ed" 1;
    k8s_v2_default_pod: "k8s-v2-a-default" 2;
    k8s_v2_size_below_the_limit: "k8s-v2-b1-lim1g-size256m" 1;
    k8s_v2_no_size_limit: "k8s-v2-b2-lim512m-nosize" 1;
    v1_memory_and_swap_together: "vm-v1-k61-max256-memsw384-swap512" 5;
    v1_limit_below_the_size: "vm-v1-max256-shm512" 18;
    v1_limit_of_a_parent_is_told_by_memory_stat: "vm-v1-nested-parent256-cgns" 9;
    v2_throttled: "vm-v2-high128-max-none" 5;
    v2_system_v_limits: "vm-v2-max1G-shmmax64-shmall" 5;
    v2_huge_page_pool_beside_it: "vm-v2-max256-hugetlb100M" 1;
    v2_few_inodes_bind_posix_only: "vm-v2-max256-inodes3" 2;
    v2_huge_pages_in_the_tmpfs: "vm-v2-max256-shm512-huge-always" 12;
    v2_limit_below_the_size: "vm-v2-max256-shm512-noswap" 18;
    v2_swap_extends_the_room: "vm-v2-max256-shm512-swap128" 9;
    v2_size_below_the_limit: "vm-v2-max256-shm64" 18;
    v2_limit_of_a_parent_cannot_be_seen: "vm-v2-nested-parent256-cgns" 18;
    v2_whole_machine: "vm-v2-nomemcg-ram512-shmdefault" 7;
    v2_memory_is_held_already: "vm-v2-oomgroup-hold100" 12;
}

#[test]
fn fixes_are_for_a_pod_where_it_is_one_and_for_a_machine_where_it_is_none() {
    // More than any pod here has, and less than its node, so that each has a fix to show.
    let require = ByKind::new(|kind| (kind == Kind::Posix).then_some(Bytes::mib(1536)));
    let asked = Asked { require, ..Asked::default() };
    for case in common::cases() {
        let facts = gather(&capture(&case), &Target::default()).unwrap();
        assert_eq!(facts.in_a_pod, case.starts_with("k8s-"), "{case}");
        let document = Document::new(&facts, &assess(&facts), &asked);
        let fixes: Vec<&str> = document.findings.iter().filter_map(|f| f.fix.as_deref()).collect();
        let fixes = fixes.join("\n");
        assert_eq!(fixes.contains("emptyDir"), facts.in_a_pod, "{case}: {fixes}");
        assert!(!fixes.to_lowercase().contains("docker"), "{case}: {fixes}");
    }
}
