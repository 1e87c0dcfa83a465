//! Each test is a setting in a guest, in which `shmeter fill` runs for every cell: in a fresh cgroup
//! and a fresh /dev/shm, until the end that the kernel's rules give it. A guest boots once.

use std::fmt::Write;

use crate::cells::{Cell, alike, reached};
use crate::emulated::{Emulated, emulated, grain};
use crate::guest::owned;
use crate::machine::{Answers, Case};

pub mod beside;
pub mod journal;
pub mod on_swap;
pub mod on_v1;
pub mod on_v2;

/// What the fills run in.
struct Setting {
    case: Case,
    cells: Vec<Cell>,
    place: &'static str,
}

impl Setting {
    /// In the cgroup `tree`, with a tmpfs larger than anything else.
    fn new(place: &'static str, tree: &str, settings: &[(&str, &str)], cells: &[Cell]) -> Setting {
        let case = Case {
            tree: tree.to_owned(),
            settings: owned(settings),
            shm: "size=4g".to_owned(),
            ..Case::default()
        };
        Setting { case, cells: cells.to_vec(), place }
    }

    fn with(mut self, change: impl FnOnce(&mut Case)) -> Setting {
        change(&mut self.case);
        self
    }

    fn shm(self, options: &str) -> Setting {
        self.with(|case| case.shm = options.to_owned())
    }

    fn sysctls(self, sysctls: &[(&str, &str)]) -> Setting {
        self.with(|case| case.sysctls = owned(sysctls))
    }

    fn before(self, text: &str) -> Setting {
        self.with(|case| case.before = text.to_owned())
    }

    fn with_swap(self) -> Setting {
        self.with(|case| case.swap = true)
    }

    /// Seen through a cgroup namespace, which hides the levels above.
    fn hidden(self) -> Setting {
        self.with(|case| case.hidden = true)
    }

    /// As the guest is to run it. Where limits are hidden, each fill runs in plain sight first.
    fn case(&self, name: &str) -> Case {
        let mut case = Case { name: name.to_owned(), ..self.case.clone() };
        for cell in &self.cells {
            let fill = cell.arguments();
            if case.hidden {
                write!(case.script, "fresh\nhidden=\nshmeter_fill {fill}\nhidden=1\n").unwrap();
            }
            write!(case.script, "fresh\nshmeter_fill {fill}\n").unwrap();
        }
        case
    }

    fn check(&self, name: &str, answers: &Answers) {
        let each = if self.case.hidden { 2 } else { 1 };
        let told = answers.of(name, each * self.cells.len());
        let mut faults = Vec::new();
        for (cell, told) in self.cells.iter().zip(told.chunks_exact(each)) {
            let text = |n: usize| told[n]["out"].as_str().unwrap_or_default();
            let last = told[each - 1];
            let status = last["status"].as_i64().unwrap_or(-1);
            let place = emulated().map_or(self.place.to_owned(), Emulated::place);
            let fault = cell.check((&place, name), text(each - 1), status, grain());
            faults.extend(fault.map(|fault| format!("{fault}\n{}", last["err"])));
            let (plain, hidden) = (reached(text(0)), reached(text(each - 1)));
            if !alike(plain, hidden) && plain.abs_diff(hidden) > grain() {
                faults.push(format!("not as in plain sight: {} {}", text(0), text(1)));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
