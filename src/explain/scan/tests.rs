//! What the scanner finds in texts of any bytes and any length.

use super::*;

fn found(text: &[u8], piece: usize) -> Found {
    let mut scanner = Scanner::new().unwrap();
    text.chunks(piece.max(1)).for_each(|piece| scanner.feed(piece));
    scanner.finish()
}

fn ids(found: &Found) -> Vec<(&str, u64, u64)> {
    found.matches.iter().map(|one| (one.entry.id, one.count, one.line)).collect()
}

const RESIZE: &str = "ERROR:  could not resize shared memory segment \"/PostgreSQL.7\" to 8388608 \
                      bytes: No space left on device";

#[test]
fn each_message_is_told_once_with_its_lines() {
    let text = format!("one\n{RESIZE}\nthree\n{RESIZE}\n{RESIZE}");
    for piece in [1, 7, 64, 100_000] {
        let found = found(text.as_bytes(), piece);
        assert_eq!(ids(&found), [("postgresql-dsm-resize", 3, 2)], "{piece}");
        assert_eq!(found.lines, 5);
        assert_eq!(found.matches[0].shown, RESIZE);
        assert_eq!(found.matches[0].asked, Some(8_388_608));
    }
}

#[test]
fn a_message_is_found_anywhere_in_a_line_of_any_length_and_counted_once() {
    for before in [0, 1000, LONGEST - RESIZE.len(), LONGEST - 50, LONGEST, 3 * LONGEST - 1030] {
        let mut text = vec![b'.'; before];
        text.extend_from_slice(RESIZE.as_bytes());
        text.extend(vec![b'.'; 3 * LONGEST]);
        text.extend_from_slice(b"\nKilled\n");
        for piece in [4096, 1 << 20] {
            let found = found(&text, piece);
            assert_eq!(ids(&found), [("postgresql-dsm-resize", 1, 1), ("killed", 1, 2)]);
            assert!(found.matches[0].shown.len() <= SHOWN + 6);
            assert!(found.matches[0].shown.contains("PostgreSQL.7"), "{before}");
        }
    }
}

#[test]
fn what_is_held_does_not_grow_with_a_line() {
    let mut scanner = Scanner::new().unwrap();
    for _ in 0..64 {
        scanner.feed(&[b'z'; LONGEST]);
        assert!(scanner.held.len() <= LONGEST);
    }
    assert_eq!(scanner.held.capacity(), LONGEST);
}

#[test]
fn what_holds_for_any_program_is_told_only_where_nothing_better_is_known() {
    let found = found(b"OSError: [Errno 28] No space left on device\n", 99);
    assert_eq!(ids(&found), [("errno-28", 1, 1)]);
    let text = format!("{RESIZE}\nBus error (core dumped)\n");
    let found = self::found(text.as_bytes(), 99);
    assert_eq!(
        found.matches.iter().map(|one| one.entry.id).collect::<Vec<_>>(),
        ["postgresql-dsm-resize", "bus-error"]
    );
}

#[test]
fn a_traceback_tells_what_its_last_line_means_but_not_from_afar() {
    let last = "OSError: [Errno 28] No space left on device";
    let semlock = "    sl = self._semlock = _multiprocessing.SemLock(";
    let near = format!("{semlock}\n{}{last}\n", "    x\n".repeat(5));
    assert_eq!(ids(&found(near.as_bytes(), 50))[0].0, "python-semlock-full");
    let far = format!("{semlock}\n{}{last}\n", "    x\n".repeat(200));
    assert_eq!(ids(&found(far.as_bytes(), 50))[0].0, "errno-28");
}

#[test]
fn an_error_that_a_pool_passes_on_is_told_as_that_of_the_pool_but_not_far_from_it() {
    let pool = "BDB2055 Lock table is out of available lock entries";
    let error = "Dbc::get: Cannot allocate memory:";
    for (before, after) in [(pool, error), (error, pool)] {
        let near = found(format!("{before}\n{after}\n").as_bytes(), 99);
        assert_eq!(ids(&near).len(), 1);
        assert_eq!(near.matches[0].entry.id, "bdb-lock-table");
        let between = "x\n".repeat(200);
        let far = found(format!("{before}\n{between}{after}\n").as_bytes(), 99);
        assert_eq!(ids(&far).len(), 2);
    }
}

#[test]
fn what_names_no_error_is_not_told_beside_a_line_that_does() {
    let (error, detail) = (
        "FATAL:  could not create shared memory segment: Invalid argument",
        "DETAIL:  Failed system call was shmget(key=5432001, size=832028672, 03600).",
    );
    let near = found(format!("{error}\n{detail}\n").as_bytes(), 99);
    assert_eq!(ids(&near), [("postgresql-shmmax", 1, 1)]);
    let between = "x\n".repeat(9);
    let far = found(format!("{error}\n{between}{detail}\n").as_bytes(), 99);
    assert_eq!(ids(&far), [("postgresql-shmmax", 1, 1), ("shmget-failed", 1, 11)]);
}

#[test]
fn any_bytes_are_survived() {
    let mut text: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    text.extend_from_slice(b"\xff\xfe Bus error \x1b[31m\x00\n");
    let found = found(&text, 333);
    assert!(found.matches.iter().any(|one| one.entry.id == "bus-error"));
}
