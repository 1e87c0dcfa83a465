//! Lines of public threads beside those that the catalogue's patterns and examples come from: each with where it
//! stands, and what may be said of it. Nothing may be said that is wrong; of some nothing may be known.

use shmeter::explain::{Certainty, Meaning};

use super::found;

/// What may be said of a line: one of these meanings.
pub(super) struct Line {
    thread: &'static str,
    text: &'static str,
    right: &'static [&'static str],
}

pub(super) const fn line(
    thread: &'static str,
    text: &'static str,
    right: &'static [&'static str],
) -> Line {
    Line { thread, text, right }
}

pub(super) const SHM: &[&str] = &["shm-size"];
pub(super) const SYSV: &[&str] = &["sysv"];
pub(super) const ALIKE: &[&str] = &["not-shared-memory"];
pub(super) const DENIED: &[&str] = &["permission"];
pub(super) const MEMORY: &[&str] = &["memory"];
pub(super) const AMBIGUOUS: &[&str] = &["ambiguous"];
/// Of what is no matter of memory nothing may be said.
pub(super) const NOTHING: &[&str] = &[];

const LINES: &[Line] = &[
    line(
        "Unity-Technologies/datasetinsights#107",
        "OSError: [Errno 28] No space left on device",
        AMBIGUOUS,
    ),
    line(
        "kubeflow/pipelines#6880",
        "Bus error. It is possible that dataloader's workers are out of shared memory. Please try \
         to raise your shared memory limit.",
        SHM,
    ),
    line(
        "kubeflow/pipelines#6510",
        "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient \
         shared memory (shm).",
        SHM,
    ),
    line(
        "logicalclocks/hopsworks#1557",
        "RuntimeError: DataLoader worker (pid 729) is killed by signal: Bus error. It is possible \
         that dataloader's workers are out of shared memory. Please try to raise your shared \
         memory limit.",
        SHM,
    ),
    line(
        "logicalclocks/hopsworks#1557",
        "RuntimeError: unable to write to file </torch_739_144252761_4>: No space left on device \
         (28)",
        SHM,
    ),
    line("SREGym/SREGym#823", "dd: error writing '/dev/shm/scratch': No space left on device", SHM),
    line(
        "flux-framework/flux-core#5203",
        "2.556s: job.exception type=exec severity=0 MPI_Abort: Fatal error in PMPI_Init: Other \
         MPI error, error stack: MPIR_Init_thread(176)...:  MPID_Init(1516).........:  \
         MPIDU_Init_shm_init(180): unable to allocate shared memory",
        &["shm-size", "ambiguous", "sysv"],
    ),
    line(
        "apptainer/apptainer#2713",
        "ERROR:   unable to unlink path: /dev/shm/sharens_instance_1623719 (deleted), err: no \
         such file or directory",
        &["permission"],
    ),
    line(
        "apptainer/singularity#5195",
        "[lxbk0609:07143] PMIX ERROR: OUT-OF-RESOURCE in file gds_dstore.c at line 1017",
        &["ambiguous", "shm-size"],
    ),
    line(
        "sylabs/singularity#1214",
        "[kseq2bseq1] Failed to allocate 151 bytes at bwa.c line 37: Out of memory",
        &["memory", "ambiguous"],
    ),
    line("cypress-io/cypress#598", "Renderer process crashed", AMBIGUOUS),
    line(
        "immich-app/immich#19467",
        "PostgresError: could not resize shared memory segment \"/PostgreSQL.xxxxxxxxxx\" to \
         16777216 bytes: No space left on device",
        SHM,
    ),
    line(
        "logos-messaging/logos-delivery-compose#119",
        "postgres-1  | 2024-08-21 13:44:36.540 UTC [28] ERROR:  out of shared memory",
        ALIKE,
    ),
    line(
        "logos-messaging/logos-delivery-compose#119",
        "postgres-1  | 2024-08-21 13:44:36.796 UTC [28] HINT:  You might need to increase \
         max_locks_per_transaction.",
        ALIKE,
    ),
    line(
        "digital-asset/daml#5824",
        "FATAL:  could not create shared memory segment: No space left on device",
        SYSV,
    ),
    line(
        "LemmyNet/lemmy#3724",
        "lemmy_1     | 2023-07-26T12:52:38.922771Z  WARN lemmy_server::root_span_builder: \
         incorrect_login: could not resize shared memory segment \"/PostgreSQL.1513506408\" to \
         220224 bytes: No space left on device",
        SHM,
    ),
    line(
        "truenas/apps#3796",
        "2025-12-08 02:11:35.101 UTC [116885] ERROR:  could not resize shared memory segment \
         \"/PostgreSQL.1887043548\" to 16777216 bytes: No space left on device",
        SHM,
    ),
    line(
        "coollabsio/coolify#2963",
        "PG::DiskFull: ERROR:  could not resize shared memory segment \"/PostgreSQL.726751546\" \
         to 4194304 bytes: No space left on device",
        SHM,
    ),
    line(
        "PrecisionNutrition/pndev#41",
        "PG::DiskFull: ERROR: could not resize shared memory segment \"/PostgreSQL.394945862\" to \
         16777216 bytes: No space left on device",
        SHM,
    ),
    line(
        "WangRongsheng/XrayGLM#83",
        "Error while creating shared memory segment /dev/shm/nccl-CsYXMW (size 9637888)",
        SHM,
    ),
    line(
        "hiyouga/LlamaFactory#7233",
        "[rank1]: Error while creating shared memory segment /dev/shm/nccl-LeXlEJ (size 9637888)",
        SHM,
    ),
    line(
        "hiyouga/LlamaFactory#7233",
        "[rank1]: ncclSystemError: System call (e.g. socket, malloc) or external library call \
         failed or device error. ",
        AMBIGUOUS,
    ),
    line(
        "kserve/kserve#3791",
        "hugging-model-1-predictor-00001-deployment-5c86c57756-p7ghj:1:1 [0] misc/shmutils.cc:72 \
         NCCL WARN Error: failed to extend /dev/shm/nccl-H1dBqY to 9637892 bytes",
        SHM,
    ),
    line(
        "SeldonIO/seldon-core#4150",
        "**Unexpected bus error encountered in worker. This might be caused by insufficient \
         shared memory (shm).**",
        SHM,
    ),
    line("deepspeedai/DeepSpeed#4218", "Exit with code -7 When trarining LLama-2-7b-hf", AMBIGUOUS),
    line(
        "eProsima/Fast-DDS#2696",
        "2022-05-24 16:07:34.047 [RTPS_TRANSPORT_SHM Error] Failed init_port fastrtps_port12421: \
         open_and_lock_file failed -> Function open_port_internal",
        ALIKE,
    ),
    line("ros2/rmw_fastrtps#820", "SHMEM Transport errors: open_and_lock_file failed", ALIKE),
    line(
        "microsoft/playwright#4303",
        "2020-11-02T09:35:24.269Z pw:browser [err] Received signal 11 SEGV_MAPERR 7f9adb995000",
        NOTHING,
    ),
    line(
        "microsoft/playwright#1741",
        "Protocol error (Target.setAutoAttach): Target closed.",
        AMBIGUOUS,
    ),
    line(
        "microsoft/playwright-python#2463",
        "Exception thrown: playwright._impl._errors.Error: Target crashed",
        AMBIGUOUS,
    ),
    line(
        "goharbor/harbor#15034",
        "Jun  1 06:43:28 192.168.224.1 postgresql[9262]: 2021-06-01 06:43:28.473 UTC [340] ERROR:  \
         could not resize shared memory segment \"/PostgreSQL.1767612635\" to 183552 bytes: No \
         space left on device",
        SHM,
    ),
    line(
        "sourcegraph/sourcegraph-public-snapshot#24146",
        "ERROR: could not resize shared memory segment \"/PostgreSQL.1249886198\" to 342016 \
         bytes: No space left on device (SQLSTATE 53100)",
        SHM,
    ),
    line(
        "MIC-DKFZ/nnUNet#294",
        "RuntimeError: unable to write to file </torch_15769_1517813162>",
        SHM,
    ),
    line(
        "microsoft/RepPoints#18",
        "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient \
         shared memory (shm).",
        SHM,
    ),
    line(
        "NVIDIA/nccl-tests#166",
        "ubuntu:9621:9691 [6] misc/shmutils.cc:71 NCCL WARN Error: failed to extend \
         /dev/shm/nccl-fjwOOB to 5967876 bytes",
        SHM,
    ),
    line(
        "ggml-org/llama.cpp#23523",
        "aa30811e22aa:1:114 [2] misc/shmutils.cc:128 NCCL WARN Error while creating shared memory \
         segment /dev/shm/nccl-97p6hH (size 9637888), error: No space left on device (28)",
        SHM,
    ),
    line(
        "openucx/ucx#9347",
        "[1693920302.521306]          sys.c:915  UCX  ERROR   shmget(size=134221824 flags=0x7b0) \
         for mm_recv_desc failed: No space left on device, please check shared memory limits by \
         'ipcs -l'",
        SYSV,
    ),
    line(
        "triton-inference-server/server#5681",
        "tritonclient.utils.InferenceServerException: Failed to increase the shared memory pool \
         size for key 'triton_python_backend_shm_region_2' to 67108864 bytes. If you are running \
         Triton inside docker, use '--shm-size' flag to control the shared memory region size. \
         Error: No space left on device",
        SHM,
    ),
    line(
        "pauleve/docker-mtgo#1",
        "  Major opcode of failed request:  130 (MIT-SHM)",
        &["permission"],
    ),
    line("bofm/docker-oracle12c#9", "MEMORY_TARGET not supported on this system", SHM),
    line(
        "PaddlePaddle/PaddleSeg#1585",
        "ERROR: Unexpected BUS error encountered in DataLoader worker. This might be caused by \
         insufficient shared memory (shm), please check whether use_shared_memory is set and \
         storage space in /dev/shm is enough",
        SHM,
    ),
    line(
        "eclipse-iceoryx/iceoryx#946",
        "While setting the acquired shared memory to zero a fatal SIGBUS signal appeared caused \
         by memset. The shared memory object with the following properties [ name = \
         /iceoryx_mgmt, sizeInBytes = 60126248,",
        SHM,
    ),
    line(
        "ray-project/ray#13619",
        "2021-01-20 16:57:03,655 WARNING services.py:1628 -- WARNING: The object store is using \
         /tmp instead of /dev/shm because /dev/shm has only 46198665216 bytes available.",
        SHM,
    ),
    line(
        "vllm-project/vllm-ascend#3717",
        "[Bug]: [shm_broadcast.py:466] No available shared memory broadcast block found in 60 \
         seconds.",
        ALIKE,
    ),
    line(
        "greenplum-db/pxf#262",
        "\"FATAL\",\"XX000\",\"could not create semaphores: No space left on device \
         (pg_sema.c:126)\",\"Failed system call was semget(118, 17, 03600).\"",
        ALIKE,
    ),
    line("reactive-tech/kubegres#132", "child process exited with exit code 135", &["memory"]),
];

#[test]
fn of_lines_that_people_posted_nothing_wrong_is_said_and_most_is_said_specifically() {
    judge(LINES);
}

/// Nothing wrong is said of at least 40 lines, and three quarters of them are told specifically.
pub(super) fn judge(lines: &[Line]) {
    let (mut specific, mut wrong) = (0, Vec::new());
    for line in lines {
        let matches = found(line.text).matches;
        let entries: Vec<_> = matches.iter().map(|one| one.entry).collect();
        if entries.iter().any(|entry| !line.right.contains(&entry.meaning.word())) {
            wrong.push((line.thread, entries.iter().map(|entry| entry.id).collect::<Vec<_>>()));
        }
        let is_specific = entries.iter().any(|entry| {
            entry.meaning != Meaning::Ambiguous && entry.certainty != Certainty::Ambiguous
        });
        specific += usize::from(is_specific);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(lines.len() >= 40, "{} lines", lines.len());
    assert!(specific * 4 >= lines.len() * 3, "{specific} of {} are told specifically", lines.len());
}
