//! Findings about what cannot be made at all, and about whose files can be opened.

use super::requirement::size_for;
use super::{Asked, Finding, Severity, finding};
use crate::capacity::advice::{Change, Site, fix};
use crate::capacity::origin::{Origin, origin};
use crate::capacity::rights::Denied;
use crate::capacity::sizing::usual_size;
use crate::capacity::{Capacity, End, Kind, posix};
use crate::facts::{Facts, FileSystem, Manager, Mount, Reading, Runtime};

/// No file can be made in the folder.
pub(super) fn cannot_create(facts: &Facts, posix: &Capacity) -> Option<Finding> {
    posix.refusal()?;
    let path = &facts.shm.asked;
    let end = posix.reaches.first()?.end?;
    if end == End::Erofs {
        return None; // a finding of its own
    }
    let (reason, fix) = match Denied::of(facts).filter(|_| end == End::Eacces) {
        Some(Denied { owner, user }) => (
            format!(
                "{path} has mode {:04o} and belongs to user {}, group {}; this process runs as \
                 user {}, group {}, without CAP_DAC_OVERRIDE.",
                owner.mode, owner.uid, owner.gid, user.uid, user.gid
            ),
            fix(&Site::of(facts), &Change::Mode),
        ),
        None if end == End::Sigsys => {
            ("a seccomp filter kills the process that tries.".to_owned(), fix_of_filter(facts))
        }
        None if end == End::Enosys => (
            "the kernel lacks the system call, or a seccomp filter pretends so.".to_owned(),
            fix_of_filter(facts),
        ),
        None => (
            "the mode allows it, but a security module (SELinux, AppArmor, snap) or a seccomp \
             filter refuses it."
                .to_owned(),
            fix_of_module(facts),
        ),
    };
    finding(
        "cannot-create",
        Severity::Fail,
        format!("no file can be created in {path}: {}. {}", end.title(), capital(&reason)),
        Some(fix),
    )
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) if first.is_ascii_lowercase() => {
            format!("{}{}", first.to_ascii_uppercase(), rest.as_str())
        }
        _ => text.to_owned(),
    }
}

fn fix_of_filter(facts: &Facts) -> String {
    match (Site::of(facts).pod, facts.runtime.runtime) {
        (true, _) => {
            "securityContext: {seccompProfile: {type: RuntimeDefault}}, or a profile that allows it"
                .to_owned()
        }
        (_, Runtime::Android) => {
            "for System V: libandroid-shmem, preloaded (LD_PRELOAD; Termux: pkg install libandroid-shmem)\n\
             or, in the program itself: ASharedMemory_create()\n\
             or, for programs in proot: proot --bind=FOLDER:/dev/shm --sysvipc ..."
                .to_owned()
        }
        _ if facts.runtime.manager == Some(Manager::Lambda) => {
            "AWS Lambda sets it, and takes no other".to_owned()
        }
        (_, runtime) if !runtime.is_container() => {
            "a seccomp filter that allows it, of whoever starts it (a unit: SystemCallFilter=)".to_owned()
        }
        (_, Runtime::Podman) => {
            "a seccomp profile that allows it: podman run --security-opt seccomp=FILE ..."
                .to_owned()
        }
        _ => "a seccomp profile that allows it: docker run --security-opt seccomp=FILE ..."
            .to_owned(),
    }
}

fn fix_of_module(facts: &Facts) -> String {
    let path = &facts.shm.asked;
    if Site::of(facts).pod {
        return "look for denials on the node (ausearch -m avc, dmesg), and set \
                securityContext.seLinuxOptions or appArmorProfile"
            .to_owned();
    }
    let runtime = facts.runtime.runtime;
    let engine = if runtime == Runtime::Podman { "podman" } else { "docker" };
    let is_mounted = matches!(origin(facts), Origin::Bind | Origin::Volume | Origin::HostIpc);
    match runtime {
        Runtime::Snap => "begin the names with snap.NAME. (snapcraft-preload does so), or give the snap a /dev/shm of its own: \
                          the plug shared-memory with private: true in snapcraft.yaml"
            .to_owned(),
        runtime if !runtime.is_container() => {
            "look for denials as root (ausearch -m avc, dmesg | grep -i denied), and allow it in that profile\n\
             or, in a snap, begin the names with snap.NAME."
                .to_owned()
        }
        Runtime::Docker | Runtime::Podman | Runtime::Oci if is_mounted => format!(
            "look for denials on the host (ausearch -m avc, dmesg); a volume at {path} needs a label: \
             {engine} run -v FOLDER:{path}:z ..."
        ),
        Runtime::Docker | Runtime::Podman | Runtime::Oci => format!(
            "look for denials on the host (ausearch -m avc, dmesg). Of SELinux: a newer container-selinux, or {engine} run \
             --security-opt label=disable ...; of AppArmor: --security-opt apparmor=PROFILE"
        ),
        _ => "look for denials on the host (ausearch -m avc, dmesg)".to_owned(),
    }
}

/// A kind other than files that cannot be made.
pub(super) fn refused(facts: &Facts, capacity: &Capacity) -> Option<Finding> {
    let refusal = capacity.refusal()?;
    let end = capacity.reaches.first()?.end?;
    let call = match capacity.kind {
        Kind::Posix => return None,
        Kind::Sysv => "shmget",
        Kind::Memfd => "memfd_create",
        Kind::Anon => "mmap with MAP_SHARED",
    };
    // A kernel without System V, as on Android, is no fault of a profile.
    let is_too_old = capacity.kind == Kind::Memfd && facts.release.before((3, 17));
    let in_kernel = refusal.origin.contains("this kernel") || is_too_old;
    let (reason, fix) = if is_too_old {
        ("kernels before Linux 3.17 have none", None)
    } else if in_kernel {
        let fix = (facts.runtime.runtime == Runtime::Android).then(|| fix_of_filter(facts));
        ("this kernel was built without it (CONFIG_SYSVIPC)", fix)
    } else if facts.runtime.runtime == Runtime::Wsl && end == End::Enosys {
        let newer = "use WSL 2: wsl --set-version DISTRIBUTION 2";
        ("WSL 1 does not have it, or only in later builds of Windows", Some(newer.to_owned()))
    } else if end == End::Sigsys {
        ("a seccomp filter kills the process that tries", Some(fix_of_filter(facts)))
    } else if facts.runtime.runtime == Runtime::Android {
        ("Android's kernel lacks it, or its filter refuses it", Some(fix_of_filter(facts)))
    } else {
        ("a seccomp filter or a security module refuses it", Some(fix_of_filter(facts)))
    };
    let severity = if in_kernel { Severity::Info } else { Severity::Warn };
    finding(
        "cannot-create",
        severity,
        format!("{call} fails here with {}: {reason}.", end.title()),
        fix,
    )
}

/// Mapped code is refused; Wine, JITs and libffi map some.
pub(super) fn noexec(facts: &Facts, posix: &Capacity, asked: &Asked) -> Option<Finding> {
    let mount = facts.shm.mount.known()?;
    let memory = posix::file_system(facts) == FileSystem::Tmpfs;
    if !memory
        || !is_noexec(mount)
        || posix.refusal().is_some()
        || facts.shm.statfs == Reading::Absent
    {
        return None;
    }
    let path = &facts.shm.asked;
    // With the size that another fix may have named.
    let mut site = Site::of(facts);
    site.size = site.size.max(asked.require[Kind::Posix].map(|size| size_for(facts, size)));
    if site.pod && site.origin == Origin::Runtime {
        site.size = site.size.max(Some(usual_size(facts, posix, asked.app_memory)));
    }
    let executable = fix(&site, &Change::Executable);
    finding(
        "noexec",
        Severity::Info,
        format!(
            "{path} is mounted noexec: mapping a file there with PROT_EXEC fails with EPERM, which \
             programs that generate code may need. Other mappings are not affected."
        ),
        Some(format!("if a program needs that: {executable}")),
    )
}

fn is_noexec(mount: &Mount) -> bool {
    mount.options.split(',').any(|option| option == "noexec")
}

/// Somebody's file that O_CREAT does not open, even for root.
pub(super) fn protected_regular(facts: &Facts) -> Option<Finding> {
    let file = facts.protected.as_ref()?;
    finding(
        "protected-regular",
        Severity::Info,
        format!(
            "{} belongs to user {}: opening it with O_CREAT, as shm_open(O_CREAT) does, fails with \
             EACCES whatever its mode, even for root, because the folder is sticky and \
             fs.protected_regular is set.",
            file.name, file.owner
        ),
        Some(
            "open it without O_CREAT, or run both programs as one user\n\
             or on the host: sysctl -w fs.protected_regular=0"
                .to_owned(),
        ),
    )
}
