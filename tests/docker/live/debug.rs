//! What the rights are good for that `kubectl shmeter` gives an ephemeral container.

use serde_json::Value;

use super::lab::lab;
use super::{MIB, Waiting};

const RESTRICTED: [&str; 3] = ["--cap-drop=ALL", "--security-opt=no-new-privileges", "--read-only"];

#[test]
fn without_rights_the_targets_own_user_and_group_see_it_and_nobody_else_does() {
    let (lab, _turn) = lab();
    let mut options = vec!["--user=1000:1000", "--shm-size=96m", "--memory=128m"];
    options.extend(&RESTRICTED[..2]);
    let target = Waiting::start(lab, &options);
    let beside = format!("--pid=container:{}", target.0);
    let look = |user: &str, options: &[&str]| {
        let options = [&[beside.as_str(), user], options].concat();
        lab.run(&options, &lab.product, &["inspect", "--pid=1", "--format=json"])
    };

    let output = look("--user=1000:1000", &RESTRICTED);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["subject"]["view"], "target", "{document:#}");
    assert_eq!(document["df"]["total_bytes"], 96 * MIB, "{document:#}");
    assert_eq!(document["cgroup"]["levels"][0]["limit"], 128 * MIB, "{document:#}");

    for (user, options) in [
        ("--user=1000:0", &RESTRICTED[..]),
        ("--user=65534:65534", &RESTRICTED[..]),
        // Capabilities are root's: the image's user has no use of them.
        ("--user=65534:65534", &["--cap-add=SYS_PTRACE"][..]),
        ("--user=65534:65534", &["--privileged"][..]),
    ] {
        let output = look(user, options);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{user} {options:?}: {told}");
    }
}
