//! `shmeter watch` without a command: what is in use here, or in another container, for as long as somebody looks.

use std::io::{self, IsTerminal};
use std::time::Duration;

use super::line;
use crate::cli::{Color, WatchArgs, WatchFormat};
use crate::command::subject::Subject;
use crate::command::{Code, Failure, print, say};
use crate::probe::{Live, Target, enter_ipc, gather, name_of};
use crate::report::watch::live::{SampleLine, screen};
use crate::sys::signals::{asked_to_end, note_signals};
use crate::watch::Observer;
use crate::watch::needed::limit;

/// Between two lines, and between two screens.
const LINE: Duration = Duration::from_secs(1);
const SCREEN: Duration = Duration::from_millis(500);

/// The other screen of a terminal without a cursor, and back (console_codes(4), xterm).
const ENTER: &str = "\x1b[?1049h\x1b[?25l";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

/// Shows it until a signal asks for an end, or the process that was asked for ends.
pub(super) fn run(args: &WatchArgs) -> Result<Code, Failure> {
    let live = Live::without_attempts();
    let subject = Subject::of(&live, args.pid, None)?;
    if let Some(pid) = subject.pid {
        enter_ipc(&live, pid);
    }
    let target = Target { pid: subject.pid, ..Target::default() };
    let facts = gather(&live, &target)?;
    let limit = limit(&facts);
    let where_from = match subject.pid {
        Some(pid) => format!("of process {pid}"),
        None => "here".to_owned(),
    };
    note_signals();
    let observer = Observer::new(&live, target, &facts);
    let mut observer = observer.map_err(|why| {
        Failure::new(Code::Refused, format!("cannot start a thread: {}", why.desc()))
    })?;
    let on_terminal = io::stdout().is_terminal();
    let is_screen = match args.format {
        None => on_terminal,
        Some(format) => format == WatchFormat::Text && on_terminal,
    };
    let is_text = args.format == Some(WatchFormat::Text);
    let _screen = is_screen.then(Screen::enter).transpose()?;
    let is_there = || {
        let pid = subject.pid.and_then(|pid| i32::try_from(pid).ok());
        pid.is_none_or(|pid| name_of(&live, pid).is_some())
    };
    loop {
        observer.look_for(if is_screen { SCREEN } else { LINE }, args.every, asked_to_end);
        let view = observer.view();
        if is_screen {
            let lines = screen(&view, &where_from, limit).replace('\n', "\x1b[K\n");
            print(&format!("\x1b[H{lines}\x1b[J"), Color::Always)?;
        } else if is_text {
            print(&screen(&view, &where_from, limit), args.color)?;
        } else {
            print(&line(&SampleLine::new(&view, limit))?, Color::Never)?;
        }
        if asked_to_end() {
            return Ok(Code::Interrupted);
        }
        if let Some(pid) = subject.pid.filter(|_| !is_there()) {
            say(&format!("process {pid} has ended"));
            return Ok(Code::Done);
        }
    }
}

/// The terminal is as it was when this is gone.
struct Screen;

impl Screen {
    fn enter() -> Result<Screen, Failure> {
        print(ENTER, Color::Always)?;
        Ok(Screen)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = print(LEAVE, Color::Always);
    }
}
