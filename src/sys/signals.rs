//! Signals of the program itself, and of the processes that it starts.

use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use nix::sys::signal::{
    SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, sigaction, signal,
};

/// The exit code where a signal ended it (docs/contract.md).
const INTERRUPTED: libc::c_int = 130;

/// Signals that ask for an end: all that end a process by default (signal(7)) but SIGKILL, those of a
/// fault, whose default tells what happened, and SIGPIPE and SIGXFSZ, which are errors of a write here.
fn ask_for_an_end() -> impl Iterator<Item = libc::c_int> {
    [
        libc::SIGHUP,
        libc::SIGINT,
        libc::SIGQUIT,
        libc::SIGTERM,
        libc::SIGALRM,
        libc::SIGUSR1,
        libc::SIGUSR2,
        libc::SIGVTALRM,
        libc::SIGPROF,
        libc::SIGIO,
        libc::SIGPWR,
        libc::SIGSTKFLT,
        libc::SIGXCPU,
    ]
    .into_iter()
    .chain(libc::SIGRTMIN()..=libc::SIGRTMAX())
}

/// Opens what is closed of stdin, stdout and stderr, so that no file that is opened later takes its number and
/// gets what is meant for it. Rust's start takes /dev/null, which swallows what is written; this is `/` with
/// O_PATH (open(2)): who reads it, writes to it, or opens it by its number is told, as before.
pub fn open_what_is_closed() {
    for descriptor in 0..=2 {
        // SAFETY: that reads a flag of a descriptor of whatever number, or is refused.
        if unsafe { libc::fcntl(descriptor, libc::F_GETFD) } == -1 {
            // SAFETY: the path is a text with its end. The kernel takes the lowest number that is free, which
            // is this one, and nobody has it; where it takes none, nothing else will get it either.
            let _ = unsafe { libc::open(c"/".as_ptr(), libc::O_PATH | libc::O_DIRECTORY) };
            WAS_CLOSED.fetch_or(
                1_u32.checked_shl(descriptor.unsigned_abs()).unwrap_or(0),
                Ordering::Relaxed,
            );
        }
    }
}

/// Lets a write to a closed pipe, or beyond RLIMIT_FSIZE, fail with an error instead of killing the
/// process.
pub fn let_writes_fail() {
    for (bit, ignored, _) in WRITES {
        // SAFETY: ignoring a signal installs no code of ours that could run at a bad time.
        let before = unsafe { signal(ignored, SigHandler::SigIgn) };
        if matches!(before, Ok(SigHandler::SigIgn)) && cfg!(target_env = "gnu") {
            WAS_IGNORED.fetch_or(bit, Ordering::Relaxed);
        }
    }
}

/// Of these signals it is kept how they were, to start a command with it.
const WRITES: [(u32, Signal, libc::c_int); 2] =
    [(1, Signal::SIGPIPE, libc::SIGPIPE), (2, Signal::SIGXFSZ, libc::SIGXFSZ)];
const OF_CHILDREN: u32 = 4;

/// Signals that were ignored when this program was started. With musl Rust's start has changed SIGPIPE before, so
/// that is taken for not ignored.
static WAS_IGNORED: AtomicU32 = AtomicU32::new(0);

/// Which of stdin, stdout and stderr were closed then.
static WAS_CLOSED: AtomicU32 = AtomicU32::new(0);

/// What a command that is started finds as this program found it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inherited {
    ignored: u32,
    closed: u32,
}

/// How signals and the standard files were when this program was started.
#[must_use]
pub(crate) fn inherited() -> Inherited {
    let ignored = WAS_IGNORED.load(Ordering::Relaxed);
    Inherited { ignored, closed: WAS_CLOSED.load(Ordering::Relaxed) }
}

impl Inherited {
    /// Makes it so again in this process, which is about to become another program. It allocates nothing.
    pub(super) fn restore(self) {
        for (bit, _, changed) in WRITES {
            if self.ignored & bit == 0 {
                // SAFETY: the default installs no code of ours.
                let _ = unsafe { libc::signal(changed, libc::SIG_DFL) };
            }
        }
        if self.ignored & OF_CHILDREN != 0 {
            // SAFETY: ignoring a signal installs no code of ours.
            let _ = unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
        }
        for descriptor in 0..=2_u32 {
            if self.closed & 1_u32.checked_shl(descriptor).unwrap_or(0) != 0 {
                // SAFETY: it is the file that stands for a closed one, which nothing uses.
                let _ = unsafe { libc::close(libc::c_int::try_from(descriptor).unwrap_or(-1)) };
            }
        }
    }
}

/// Hears of the ends of children, also where whoever started this program has it ignore them (SIGCHLD).
pub(crate) fn hear_of_children() {
    // SAFETY: the default installs no code of ours.
    let before = unsafe { signal(Signal::SIGCHLD, SigHandler::SigDfl) };
    if matches!(before, Ok(SigHandler::SigIgn)) {
        WAS_IGNORED.fetch_or(OF_CHILDREN, Ordering::Relaxed);
    }
}

/// Ends the process on every signal that asks for an end. The first process of a container needs that
/// said: the kernel keeps signals from it that it does not handle.
pub(crate) fn end_on_signals() {
    on_each(end);
}

extern "C" fn end(_: libc::c_int) {
    // SAFETY: _exit is async-signal-safe (signal-safety(7)) and does not return.
    unsafe { libc::_exit(INTERRUPTED) }
}

/// The signal that asked for an end, if one came.
static ASKED: AtomicI32 = AtomicI32::new(0);

/// From now on signals that ask for an end are only noted, for [`asked_to_end`].
pub(crate) fn note_signals() {
    on_each(note);
}

extern "C" fn note(signal: libc::c_int) {
    ASKED.store(signal, Ordering::Relaxed);
}

/// Whether a signal asked for an end.
#[must_use]
pub(crate) fn asked_to_end() -> bool {
    ASKED.load(Ordering::Relaxed) != 0
}

/// Installs a handler, which must do nothing but what is allowed at any time, for each signal that asks
/// for an end. What whoever started the program lets it ignore (nohup(1)) stays ignored.
fn on_each(handler: extern "C" fn(libc::c_int)) {
    let action = SigAction::new(SigHandler::Handler(handler), SaFlags::empty(), SigSet::empty());
    let action = libc::sigaction::from(action);
    for signal in ask_for_an_end() {
        let mut before = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: the kernel writes no more than such a struct into `before`, and changes nothing.
        let told = unsafe { libc::sigaction(signal, std::ptr::null(), before.as_mut_ptr()) };
        // SAFETY: zeros are a valid value of it, and the kernel may have written others.
        let before = unsafe { before.assume_init() };
        if told == 0 && before.sa_sigaction != libc::SIG_IGN {
            // SAFETY: the two handlers above do an atomic store or _exit, which are always allowed.
            let _ = unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
        }
    }
}

/// The exit code of a process that could not go on without a child of its own which ended.
pub(crate) const LEFT_ALONE: u8 = 5;

static NEEDS_ITS_CHILDREN: AtomicBool = AtomicBool::new(false);

/// Does `work`, which would wait without end for what a child does: if one ends meanwhile, this process ends too, with
/// [`LEFT_ALONE`], and nothing has to look for that in between.
pub(crate) fn with_its_children(work: impl FnOnce()) {
    // A child that is stopped goes on when it is let.
    let action =
        SigAction::new(SigHandler::Handler(left_alone), SaFlags::SA_NOCLDSTOP, SigSet::empty());
    // SAFETY: the handler does an atomic load and _exit, which are always allowed.
    let _ = unsafe { sigaction(Signal::SIGCHLD, &action) };
    NEEDS_ITS_CHILDREN.store(true, Ordering::Relaxed);
    work();
    NEEDS_ITS_CHILDREN.store(false, Ordering::Relaxed);
}

extern "C" fn left_alone(_: libc::c_int) {
    if NEEDS_ITS_CHILDREN.load(Ordering::Relaxed) {
        // SAFETY: _exit is async-signal-safe (signal-safety(7)) and does not return.
        unsafe { libc::_exit(libc::c_int::from(LEFT_ALONE)) }
    }
}

/// Starts a child in which every signal waits until [`leave_signals_to_the_leader`]: one to the whole
/// process group does not end it before it has said so.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn spawn(command: &mut Command) -> io::Result<Child> {
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let child = match command.spawn() {
        // Docker before 20.10.10 refuses clone3(2) so; with something to do in between, the standard library
        // takes fork(3), which is another call.
        Err(error) if error.raw_os_error() == Some(libc::EPERM) => {
            // SAFETY: it does nothing.
            unsafe { command.pre_exec(|| Ok(())) }.spawn()
        }
        child => child,
    };
    before.thread_set_mask()?;
    child
}

/// In a child: leaves signals that ask for an end to the process that leads it, and knows what is to be
/// tidied up. RLIMIT_CPU sends SIGXCPU to the one process whose time is up, so that one keeps its default.
pub(crate) fn leave_signals_to_the_leader() {
    let_writes_fail();
    for ignored in ask_for_an_end().filter(|signal| *signal != libc::SIGXCPU) {
        // SAFETY: ignoring a signal installs no code of ours that could run at a bad time.
        let _ = unsafe { libc::signal(ignored, libc::SIG_IGN) };
    }
    // Those that waited are dropped with that.
    let _ = SigSet::empty().thread_set_mask();
}
