//! The catalogue of messages: each entry finds its own example and no other one's, look-alikes are told apart,
//! and lines that people posted are told what they mean.

mod collected;
mod collected_eighth;
mod collected_eleventh;
mod collected_fifth;
mod collected_fourth;
mod collected_ninth;
mod collected_seventh;
mod collected_sixth;
mod collected_tenth;
mod collected_third;
mod fields;
mod here;
mod large;
mod reports;
mod threads;

use std::collections::BTreeSet;

use shmeter::explain::catalogue::entries;
use shmeter::explain::here::Here;
use shmeter::explain::scan::{Found, Scanner};
use shmeter::explain::{ANY, Certainty, Details, Fix, Meaning};
use shmeter::probe::{Capture, Target, gather};
use shmeter::units::Bytes;

fn found(text: &str) -> Found {
    let mut scanner = Scanner::new().unwrap();
    scanner.feed(text.as_bytes());
    scanner.finish()
}

fn ids(text: &str) -> Vec<&'static str> {
    found(text).matches.iter().map(|one| one.entry.id).collect()
}

fn meanings(text: &str) -> BTreeSet<&'static str> {
    found(text).matches.iter().map(|one| one.entry.meaning.word()).collect()
}

#[test]
fn each_example_is_found_as_its_own_entry_and_as_no_other() {
    let wrong: Vec<_> = entries()
        .map(|entry| (entry.id, ids(entry.example)))
        .filter(|(id, found)| found != &[*id])
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_entry_is_whole_and_has_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for entry in entries() {
        let id = entry.id;
        assert!(names.insert(id), "{id} is there twice");
        assert!(
            id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{id}"
        );
        for text in [entry.text, entry.not, entry.source, entry.example, entry.application] {
            assert!(!text.is_empty(), "{id}");
        }
        for text in [entry.text, entry.not] {
            assert!(text.ends_with('.') && !text.contains("  "), "{id}: {text}");
        }
        assert!(entry.setting.is_empty() || entry.setting.ends_with('.'), "{id}");
        assert!(!entry.patterns.is_empty(), "{id}");
        // What is to be typed has no gaps.
        assert!(!entry.setting.contains("=...."), "{id}");
        // An example is no pattern's own words: it has what stands around them.
        let own = |pattern: &&str| pattern.trim_matches(['^', '$']) == entry.example;
        assert!(!entry.patterns.iter().any(own), "{id}");
        // What is ambiguous says so.
        assert!(
            entry.meaning != Meaning::Ambiguous || entry.certainty == Certainty::Ambiguous,
            "{id}"
        );
    }
    assert!(names.len() > 400, "{}", names.len());
}

#[test]
fn what_an_entry_is_told_instead_of_is_there() {
    let names: BTreeSet<_> = entries().map(|entry| entry.id).collect();
    for entry in entries() {
        for other in entry.instead_of {
            assert!(names.contains(other) && *other != entry.id, "{}: {other}", entry.id);
        }
    }
}

#[test]
fn what_a_memory_limit_does_not_refuse_is_not_mended_by_a_higher_one() {
    for entry in entries().filter(|entry| entry.fix == Fix::Memory) {
        let names = ["overcommit", "ulimit -v"].iter().any(|limit| entry.text.contains(limit));
        assert!(!names, "{}", entry.id);
    }
    for id in ["errno-12", "mmap-enomem", "words-enomem", "shmget-enomem", "java-no-memory"] {
        let entry = entries().find(|entry| entry.id == id).unwrap();
        let fix = shmeter::explain::fix::fix(entry, None, Details::default());
        assert!(!fix.contains("--memory"), "{id}: {fix}");
        for way in [
            "ulimit -v",
            "vm.overcommit_memory",
            "vm.max_map_count",
            "LONG_BIT",
            "ulimit -l",
            "Huge",
            "Cma",
        ] {
            assert!(fix.contains(way), "{id}: {way}");
        }
    }
}

#[test]
fn every_pattern_can_be_found_and_is_long_enough_to_mean_something() {
    for entry in entries() {
        for pattern in entry.patterns.iter().chain(entry.after) {
            let longest = pattern.split('*').map(str::len).max().unwrap_or_default();
            assert!(longest >= 6, "{}: {pattern}", entry.id);
        }
    }
}

#[test]
fn applications_that_people_ask_for_are_there() {
    let all: String = entries().map(|entry| format!("{} ", entry.application)).collect();
    for name in [
        "PostgreSQL",
        "PyTorch",
        "Paddle",
        "NCCL",
        "vLLM",
        "SGLang",
        "TensorRT-LLM",
        "Ray",
        "Triton",
        "Open MPI",
        "MPICH",
        "UCX",
        "libfabric",
        "iceoryx",
        "iceoryx2",
        "Fast DDS",
        "Cyclone DDS",
        "zenoh",
        "Chrome",
        "Playwright",
        "Selenium",
        "Oracle",
        "Db2",
        "Java",
        "SQLite",
        "Python multiprocessing",
        "X clients",
        "GStreamer",
        "Frigate",
        "MySQL",
        "Redis",
        "nginx",
        "Apache",
        "Kamailio",
        "PHP",
        "Qt",
        "Boost",
        "Wine",
        "DPDK",
        "libvirt",
        "Slurm",
        "systemd",
        "Celery",
    ] {
        assert!(all.contains(name), "{name}");
    }
}

#[test]
fn what_only_reads_as_shared_memory_is_told_apart() {
    for line in [
        "ERROR:  out of shared memory",
        "HINT:  You might need to increase max_locks_per_transaction.",
        "semget: No space left on device",
        "sem_get(): failed for key 0x61003ddc: No space left on device in /var/www/html/x.php on line 79",
        "dd: error writing '/data/x': No space left on device",
        "[cn002:21512] Read -1, expected 6144, errno = 1",
        "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB",
        "java.lang.OutOfMemoryError: Java heap space",
        "INFO [shm_broadcast.py:466] No available shared memory broadcast block found in 60 seconds.",
        "ptxas error   : Entry function 'k' uses too much shared data (0xe004 bytes, 0xc000 max)",
        "Error: ENOSPC: System limit for number of file watchers reached",
        "ORA-04031: unable to allocate 32 bytes of shared memory",
        "./a.out: error while loading shared libraries: libfoo.so.2: cannot open shared object file: No such file",
        "ImportError: libgomp.so.1: cannot allocate memory in static TLS block",
        "mkdir /sys/fs/cgroup/cpu/docker/7: no space left on device",
        "docker: Error response from daemon: mounting shm tmpfs: no space left on device.",
        "write /home/u/x: disk quota exceeded",
        "bash: fork: retry: Resource temporarily unavailable",
        "nginx: [emerg] zero size shared memory zone \"one\"",
        "jaxlib.XlaRuntimeError: RESOURCE_EXHAUSTED: Shared memory size limit exceeded: requested 131072",
        "mq_open: Too many open files",
        "failed to create fsnotify watcher: too many open files",
    ] {
        assert_eq!(meanings(line), BTreeSet::from(["not-shared-memory"]), "{line}");
    }
}

#[test]
fn what_one_line_cannot_tell_is_ambiguous() {
    for line in [
        "Bus error (core dumped)",
        "command terminated with exit code 137",
        "Exited (135) 2 minutes ago: exit code 135",
        "Killed",
        "OSError: [Errno 28] No space left on device",
        "sqlite3.OperationalError: database or disk is full",
        "Fatal Python error: Bus error",
    ] {
        assert_eq!(meanings(line), BTreeSet::from(["ambiguous"]), "{line}");
    }
}

#[test]
fn errors_in_other_languages_mean_the_same() {
    for (line, id) in [
        (
            "FEHLER:  konnte Größe des Shared-Memory-Segments »/PostgreSQL.1804289383« nicht auf 8388608 Bytes ändern: \
             Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
            "postgresql-dsm-resize",
        ),
        (
            "ERROR:  无法调整共享内存段 \"/PostgreSQL.1804289383\" 的大小为 8388608 字节: 设备上没有空间",
            "postgresql-dsm-resize",
        ),
        ("cp: « /dev/shm/x » : Aucun espace disponible sur le périphérique", "dev-shm-named"),
        ("shmget: No queda espacio en el dispositivo", "shmget-enospc"),
        ("バスエラー (コアダンプ)", "bus-error"),
        ("Ошибка шины (стек памяти сброшен на диск)", "bus-error"),
        ("Getötet", "killed"),
        ("已杀死", "killed"),
        ("Não há espaço disponível no dispositivo", "errno-28"),
        ("fork: Невозможно выделить память", "fork-memory"),
        ("시스템: 장치에 남은 공간이 없음", "errno-28"),
        ("Autobusy: Błąd szyny", "bus-error"),
    ] {
        assert_eq!(ids(line), [id], "{line}");
    }
}

#[test]
fn a_call_and_its_error_are_told_however_they_are_printed() {
    for (line, id) in [
        ("shm_open: Permission denied", "shm-open-denied"),
        ("shm_open(/x) failed with errno 13", "shm-open-denied"),
        ("Error: shm_open() failed: EACCES", "shm-open-denied"),
        ("shm_open failed (errno: 17)", "shm-open-exists"),
        ("shm_open: No such file or directory (os error 2)", "shm-open-missing"),
        ("shm_open fehlgeschlagen: Keine Berechtigung", "shm-open-denied"),
        ("shmget failed with error 22", "shmget-einval"),
        ("shmget: errno=12", "shmget-enomem"),
        ("shmget (2): No space left on device", "shmget-enospc"),
        ("shmget() : Aucun fichier ou dossier de ce type", "shmget-missing"),
        ("shmat: Identifier removed", "shmat-gone"),
        ("memfd_create: Function not implemented", "memfd-missing"),
        ("sem_open failed: errno = 38", "sem-open-missing"),
        ("mmap failed: ENOMEM", "mmap-enomem"),
        ("mmap /data/db: cannot allocate memory", "mmap-enomem"),
        ("mmap(NULL, 4096): Resource temporarily unavailable", "mmap-locked"),
        ("ftruncate: No space left on device", "ftruncate-full"),
        ("posix_fallocate failed: error code 28", "fallocate-full"),
        ("msgget: No space left on device", "msgget-enospc"),
        ("shared memory segment 7: Keine Berechtigung", "words-denied"),
        ("(17)File exists: could not create sharedmem", "words-exists"),
        ("shm_open: File name too long", "shm-name-long"),
        ("sem_open failed: ENAMETOOLONG", "shm-name-long"),
        ("/Users/x/a.c: shmget: No space left on device", "macos-sysv"),
        ("could not create mutex: No space left on device", "mutex-enospc"),
        ("Could not create shared memory block", "words-failed"),
    ] {
        assert_eq!(ids(line), [id], "{line}");
    }
}

#[test]
fn the_error_in_a_line_decides_whatever_the_application_means_as_a_rule() {
    for line in [
        "FATAL: Ipc::Mem::Segment::create failed to ftruncate(/squid-x.shm): (22) Invalid argument",
        "RuntimeError: unable to write to file </torch_31911_9>: Permission denied (13)",
        "NCCL WARN Error: failed to extend /dev/shm/nccl-x to 7 bytes: Function not implemented",
        "Failed to increase the shared memory pool size for key 'x': File exists",
        "mori: failed to create shared memory: File name too long",
        "Error while creating shared memory segment nccl-shm-recv-1: File exists",
    ] {
        let found = meanings(line);
        assert!(!found.contains("shm-size") && !found.contains("sysv"), "{line}: {found:?}");
    }
    for (line, meaning) in [
        ("unable to write to file </torch_1_2>: No space left on device (28)", "shm-size"),
        ("zabbix: cannot allocate shared memory of size 9: [28] No space left on device", "sysv"),
    ] {
        assert!(meanings(line).contains(meaning), "{line}");
    }
}

#[test]
fn what_names_another_path_than_dev_shm_is_the_disk() {
    for line in [
        "It appears as if there is not enough space for /scratch/ompi.n1/pid.7/1/vader_segment.n1 (the",
        "Creating shared memory in /tmp/.org.chromium.Chromium.x failed: No space left on device (28)",
        "Creating shared memory in /var/tmp/.com.google.Chrome.x failed: No space left on device (28)",
    ] {
        assert_eq!(meanings(line), BTreeSet::from(["not-shared-memory"]), "{line}");
    }
    let line = "It appears as if there is not enough space for /dev/shm/vader_segment.n1 (the";
    assert_eq!(meanings(line), BTreeSet::from(["shm-size"]));
}

#[test]
fn a_kill_that_was_not_the_memory_limit_is_told_so() {
    for said in ["OOMKilled: false", "\"OOMKilled\":false", "OOMKilled:false,", "OOMKilled=false"] {
        let found = meanings(&format!("ExitCode:137,\n{said}\n"));
        assert_eq!(found, BTreeSet::from(["ambiguous"]), "{said}");
        assert_eq!(meanings(said), BTreeSet::new(), "{said}");
    }
}

#[test]
fn what_says_that_shared_memory_failed_is_never_unknown() {
    for line in [
        "renderd: cannot extend shared memory segment",
        "could not map the shm region of worker 3",
        "ERROR attach: shmat failed",
        "shared memory: resize failed",
        "unable to open shared_memory block",
        "not able to use shared memory",
        "shm_unlink failed (17)",
        "uldbutil[454] ERROR uldb.c:1071:sm_setShmId() Couldn't get shared-memory segment identifier",
        "ERROR: ShmemTrasport::configure_i: failed to allocate space for semaphore in shared memory!",
        "boost::interprocess::intermodule_singleton initialization failed",
        "internal error: could not map the shared memory file to memory: Access is denied.",
        "could not shm_open spdk_trace",
    ] {
        assert!(!ids(line).is_empty(), "{line}");
    }
}

#[test]
fn a_word_that_holds_the_name_of_a_call_is_no_call() {
    for line in [
        "posix_shm_mmap.h:94: Resource temporarily unavailable",
        "mmap_vectors: Permission denied",
        "connect: Permission denied (13)",
        "open(2): Permission denied",
    ] {
        assert_eq!(ids(line), Vec::<&str>::new(), "{line}");
    }
}

#[test]
fn a_word_that_holds_the_name_of_an_error_is_no_error() {
    for line in [
        "INFO: using default configuration",
        "cannot load memfile",
        "see the systemfile for the filepermission",
        "removing preexisting files",
        "the shm profile exists",
        "timeout of memory probe",
        "Modbus error: no answer from slave 7",
        "dbus[411]: [system] D-Bus error: service not known",
        "SmBus errors: 0",
        "i2c i2c-1: I2C bus error",
        "stderr 12 lines",
        "zoom room 137, bloom filter",
        "IN=eth0 SRC=137.10.0.1 DST=10.0.0.7 PROTO=TCP",
        "zipcode=137, country=at",
    ] {
        assert_eq!(ids(line), Vec::<&str>::new(), "{line}");
    }
    for (line, id) in [
        ("shm_open: memfile", None),
        ("memfd_create failed in systemfile.c", None),
        ("shmget: removing preexisting segment failed", Some("words-unknown")),
        ("shm_open(filepermission) failed", Some("words-unknown")),
        ("cannot create shared memory: see the default profile", Some("words-failed")),
    ] {
        assert_eq!(ids(line), Vec::from_iter(id), "{line}");
    }
}

#[test]
fn what_is_said_of_another_path_is_not_said_of_dev_shm() {
    for line in [
        "mkdir /var/lib/x: no space left on device",
        "open /run/lock/x: permission denied",
        "rm: cannot remove '/tmp/x': Permission denied",
        "touch: cannot touch '/mnt/x': No space left on device",
        "mount: /mnt: permission denied.",
    ] {
        let found = meanings(line);
        assert!(!found.contains("shm-size") && !found.contains("permission"), "{line}: {found:?}");
    }
}

#[test]
fn what_says_nothing_of_memory_is_not_known() {
    for text in [
        "",
        "\n\n",
        "all tests passed",
        "exit code 0",
        "exit code 1370",
        "listening on port 9137",
        "shared memory is fine, /dev/shm has 64 MiB",
        "time killed 3 hours",
        "{\"level\": \"info\", \"msg\": \"started\"}",
        "GET /dev/shm HTTP/1.1 404",
        "signal 15: terminated",
        "Tests: 0 failed, shared memory tests 12 passed",
        "shm ok; retry failed earlier for redis",
        "npm ERR! failed to resolve shm-typed-array",
        "Failed to pull image nginx-shm:latest",
    ] {
        assert_eq!(ids(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn what_any_program_may_print_comes_last() {
    let text = "Killed\nBus error\nFATAL: Ipc::Mem::Segment::create failed to shm_open(/squid-x): (17) File exists\n";
    let found = found(text);
    let general: Vec<bool> = found.matches.iter().map(|one| one.entry.application == ANY).collect();
    assert_eq!(general, [false, true, true]);
}

#[test]
fn a_size_is_the_one_that_inspect_suggests_or_comes_with_a_higher_limit() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures/vm-v2-max256-shm64.json");
    let capture = Capture::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
    let facts = gather(&capture, &Target::default()).unwrap();
    let of = |mib: u64| {
        let bytes = mib << 20;
        let df = format!(r#"{{"df": {{"total_bytes": {bytes}, "available_bytes": {bytes}}}}}"#);
        Here::of(&df).unwrap().with(&facts)
    };
    let here = of(64);
    let entry = entries().find(|entry| entry.id == "postgresql-dsm-resize").unwrap();
    let asks = |mib| Details { asked: Some(Bytes::mib(mib)), ..Details::default() };
    let fix = |mib| here.fix(entry, asks(mib)).unwrap();
    // Three quarters of what a limit of 256 MiB leaves.
    assert!(fix(128).contains("size=176m"), "{}", fix(128));
    assert!(fix(200).contains("size=225m") && fix(200).contains("memory"), "{}", fix(200));
    // What is as large already is not to become smaller.
    let large = of(24 << 10).fix(entry, asks(128)).unwrap();
    assert!(large.contains("large enough") && !large.contains("size="), "{large}");
}

#[test]
fn of_system_v_the_limit_that_is_reached_is_raised() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures/vm-v2-max256-shm64.json");
    let capture = Capture::parse(&std::fs::read_to_string(file).unwrap()).unwrap();
    let facts = gather(&capture, &Target::default()).unwrap();
    let entry = entries().find(|entry| entry.id == "shmget-einval").unwrap();
    let fix = |shmmni: u64, shmmax: &str, asked: Option<u64>| {
        let document = format!(
            r#"{{"segments": {{"sysv": {{"ceilings": [
                {{"source": "shmmni", "limit": 4096, "used_bytes": {shmmni}, "unit": "segments"}},
                {{"source": "shmall", "limit": 18446744073692770304, "used_bytes": 0}},
                {{"source": "shmmax", "limit": {shmmax}}}]}}}}}}"#
        );
        let asked = asked.map(Bytes::mib);
        let here = Here::of(&document).unwrap().with(&facts);
        here.fix(entry, Details { asked, ..Details::default() })
    };
    let boundless = "18446744073692774399";
    assert!(fix(4096, boundless, None).unwrap().contains("kernel.shmmni=8192"));
    assert!(fix(3, "33554432", Some(100)).unwrap().contains("kernel.shmmax=104857600"));
    assert!(fix(3, boundless, Some(100)).unwrap().starts_with("No limit of System V is reached"));
    // Which of them it was cannot be known.
    assert_eq!(fix(3, "33554432", None), None);
}

#[test]
fn the_number_below_oracles_message_tells_which_limit() {
    for error in ["22: Invalid argument", "28: No space left on device"] {
        let text = format!("ORA-27102: out of memory\nLinux-ia64 Error: {error}\n");
        let found = ids(&text);
        assert!(found.contains(&"oracle-sysv-error"), "{found:?}");
        assert!(!found.contains(&"errno-28"), "{found:?}");
    }
    assert_eq!(
        ids("ORA-27102: out of memory\nLinux-x86_64 Error: 12: Cannot allocate memory"),
        ["oracle-no-memory", "errno-12"]
    );
}
