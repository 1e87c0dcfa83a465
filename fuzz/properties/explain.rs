//! Any text: what explain makes of it, alone and beside a document of inspect that is any text too.

use shmeter::cli::ExplainFormat;
use shmeter::command::explained;
use shmeter::explain::scan::{Found, Scanner};

use super::{growth, shown};

pub fn hold(data: &[u8]) {
    let found = told(data, data.len());
    // In pieces, as a pipe gives them, it is the same.
    assert_eq!(summary(&told(data, 7)), summary(&found), "read in pieces");
    let document = String::from_utf8_lossy(data);
    for here in [None, Some(&*document)] {
        let text = explained(data, here, ExplainFormat::Text).unwrap();
        shown::fits_a_terminal(&shown::without_styles(&text));
        let json = shown::json(&explained(data, here, ExplainFormat::Json).unwrap());
        let rows = json["matches"].as_array().map(Vec::len);
        assert_eq!(rows, Some(found.matches.len()), "a row a message");
    }
    let lines = data.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
    for one in &found.matches {
        assert!(one.count <= found.lines && (1..=found.lines).contains(&one.line));
        assert!(usize::try_from(one.count).unwrap() <= lines, "a line is counted once");
    }
    if growth::is_measured(data, 256) {
        let text = String::from_utf8_lossy(data);
        growth::is_linear(
            "explain",
            |bytes| growth::repeated(&text, bytes),
            |text| drop(told(text.as_bytes(), 1 << 16)),
        );
    }
}

fn told(data: &[u8], piece: usize) -> Found {
    let mut scanner = Scanner::new().unwrap();
    data.chunks(piece.max(1)).for_each(|piece| scanner.feed(piece));
    scanner.finish()
}

fn summary(found: &Found) -> (u64, Vec<(&str, u64, u64, &str)>) {
    let rows = found.matches.iter();
    let rows = rows.map(|one| (one.entry.id, one.count, one.line, one.shown.as_str())).collect();
    (found.lines, rows)
}
