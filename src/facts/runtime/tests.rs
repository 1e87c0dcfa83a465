use super::*;
use crate::facts::mountinfo::parse_mountinfo;

fn runtime(signs: &Signs<'_>) -> Runtime {
    signs.runtime()
}

#[test]
fn a_cgroup_tells_a_runtime_where_no_mount_does() {
    for (cgroup, wanted) in [
        ("4:memory:/docker/0a0b", Runtime::Docker),
        ("0::/kubepods.slice/kubepods-podaa.slice/cri-containerd-0a.scope", Runtime::Kubernetes),
        ("0::/user.slice/user@1000.service/libpod-0a.scope", Runtime::Podman),
        ("0::/lxc.payload.c1/init.scope", Runtime::Lxc),
        ("0::/machine.slice/systemd-nspawn@m.service/payload", Runtime::Nspawn),
        ("9:memory:/ecs/0af3/9bd1", Runtime::Ecs),
        ("9:memory:/ecs/0af3/0af3-1421560303", Runtime::Ecs),
        ("0::/system.slice/slurmstepd.scope/job_77", Runtime::Slurm),
    ] {
        let signs = Signs { cgroup, ..Signs::default() };
        assert_eq!(runtime(&signs), wanted, "{cgroup}");
    }
}

#[test]
fn what_runs_inside_of_another_runtime_counts() {
    let docker_in_lxc = Signs {
        cgroup: "4:memory:/lxc/101/ns/docker/0a",
        files: vec!["/.dockerenv"],
        ..Signs::default()
    };
    assert_eq!(runtime(&docker_in_lxc), Runtime::Docker);
    let docker_in_a_pod = Signs {
        cgroup: "4:memory:/kubepods/a/docker/0a",
        files: vec!["/.dockerenv"],
        ..Signs::default()
    };
    assert_eq!(runtime(&docker_in_a_pod), Runtime::Docker);
}

#[test]
fn without_any_mark_the_namespaces_decide() {
    let overlay = parse_mountinfo("1 0 0:9 / / rw - overlay o rw\n");
    let disk = parse_mountinfo("1 0 8:1 / / rw - ext4 d rw\n2 1 0:5 / /dev rw - devtmpfs d rw\n");
    for (mounts, machine_pids, hidden_ancestors, wanted) in [
        (&overlay, None, true, Runtime::Unknown),
        (&overlay, Some(false), false, Runtime::Unknown),
        (&overlay, Some(true), false, Runtime::None),
        (&disk, None, false, Runtime::None),
        (&disk, Some(true), true, Runtime::None),
        (&disk, Some(false), true, Runtime::Unknown),
    ] {
        let signs = Signs { mounts, machine_pids, hidden_ancestors, ..Signs::default() };
        assert_eq!(runtime(&signs), wanted, "{machine_pids:?} {hidden_ancestors} {mounts:?}");
    }
    assert!(is_of_a_machine(&disk) && !is_of_a_machine(&overlay));
}

#[test]
fn fargate_is_told_from_ecs_on_machines_of_ones_own() {
    let of = |cgroup| Signs { cgroup, ..Signs::default() }.manager(Runtime::Ecs);
    assert_eq!(of("9:memory:/ecs/0af3/0af3-1421560303"), Some(Manager::Fargate));
    assert_eq!(of("9:memory:/ecs/0af3/9bd1"), None);
    assert_eq!(of("9:memory:/ecs//-1"), None);
    assert_eq!(of("9:memory:/ecs/0af3/0af3-x"), None);
}

#[test]
fn a_service_is_told_from_a_session() {
    let of = |cgroup| Signs { cgroup, ..Signs::default() }.manager(Runtime::None);
    assert_eq!(of("0::/system.slice/app.service"), Some(Manager::SystemdUnit));
    assert_eq!(of("0::/user.slice/user-1.slice/session-3.scope"), None);
}

#[test]
fn a_machine_made_of_an_image_is_a_machine() {
    let mounts = parse_mountinfo("1 0 8:1 / / rw - ext4 d rw\n2 1 0:5 / /dev rw - devtmpfs d rw\n");
    let files = vec!["/.dockerenv", "/run/.containerenv"];
    let signs = Signs { mounts: &mounts, files, ..Signs::default() };
    assert_eq!(runtime(&signs), Runtime::None);
    let contained = Signs { hidden_ancestors: true, ..signs };
    assert_eq!(runtime(&contained), Runtime::Docker);
}
