//! Changes of inputs that the engine's own, which know bytes only, would come upon too seldom: of a parser's name, of
//! a text within JSON, of whole lines.

use libfuzzer_sys::fuzzer_mutate;
use serde_json::Value;

use crate::properties::kernel_files::PARSERS;

/// Small numbers that look random (xorshift).
struct Dice(u64);

impl Dice {
    fn new(seed: u32) -> Dice {
        Dice(u64::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Less than `most`, which is not 0.
    fn roll(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % most.max(1)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

/// What names and texts of others may hold.
const HOSTILE: [&str; 24] = [
    "\u{1b}[31m",
    "\u{1b}]0;x\u{7}",
    "\u{202e}",
    "\u{2028}",
    "\r",
    "\n",
    "\t",
    "\0",
    "\u{200b}",
    "\u{ad}",
    "<img src=x>",
    "</title>",
    "\"",
    "'",
    "`",
    "|",
    "@all",
    "https://x.y",
    "=1+1",
    "\\",
    "&amp;",
    "]]>",
    "é日",
    "\u{10ffff}",
];

const NUMBERS: [&str; 16] = [
    "0",
    "1",
    "-1",
    "4096",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775807",
    "-9223372036854775808",
    "1e308",
    "-1e-308",
    "0.5",
    "max",
    "unlimited",
    "9223372036854771712",
    "1000000000000",
    "",
];

fn put(data: &mut [u8], bytes: &[u8]) -> usize {
    let size = bytes.len().min(data.len());
    data[..size].copy_from_slice(&bytes[..size]);
    size
}

/// The first line stays, or becomes another parser's name.
pub fn kernel_files(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut dice = Dice::new(seed);
    let name = data[..size].iter().position(|byte| *byte == b'\n').map(|end| end + 1);
    let known =
        name.filter(|end| PARSERS.iter().any(|(name, _)| name.as_bytes() == &data[..end - 1]));
    let Some(begin) = known else {
        let text = format!("{}\n", dice.one(&PARSERS).0);
        return put(&mut data[..max_size], text.as_bytes());
    };
    if dice.roll(100) == 0 {
        let text = [dice.one(&PARSERS).0.as_bytes(), &data[begin - 1..size]].concat();
        return put(&mut data[..max_size], &text);
    }
    let text = text_changed(&data[begin..size], max_size - begin, &mut dice);
    let size = put(&mut data[begin..max_size], &text);
    begin + size
}

/// A text with a change of its bytes, its lines or its numbers.
fn text_changed(text: &[u8], most: usize, dice: &mut Dice) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let at = dice.roll(lines.len());
    let line = lines[at].clone();
    match dice.roll(10) {
        0 => lines.insert(at, line),
        1 => {
            lines.remove(at);
        }
        2 => {
            let other = dice.roll(lines.len());
            lines.swap(at, other);
        }
        3 => lines[at] = words_changed(&line, dice),
        4 => {
            let place = dice.roll(line.len() + 1);
            let more = *dice.one(&HOSTILE);
            lines[at].splice(place..place, more.bytes());
        }
        _ => {
            let size = text.len();
            let mut buffer = text.to_vec();
            buffer.resize(most.max(size), 0);
            let most = buffer.len();
            let size = fuzzer_mutate(&mut buffer, size, most);
            buffer.truncate(size);
            return buffer;
        }
    }
    lines.join(&b'\n')
}

/// One word becomes a number, or another word of its line. Blanks beside each other are no words.
fn words_changed(line: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut words: Vec<Vec<u8>> = line.split(|byte| *byte == b' ').map(<[u8]>::to_vec).collect();
    let real: Vec<usize> = (0..words.len()).filter(|at| !words[*at].is_empty()).collect();
    if real.is_empty() {
        return line.to_vec();
    }
    let at = *dice.one(&real);
    words[at] = match dice.roll(3) {
        0 => words[*dice.one(&real)].clone(),
        _ => dice.one(&NUMBERS).as_bytes().to_vec(),
    };
    words.join(&b' ')
}

/// A change within the text of a file of the capture, or of its form.
pub fn capture(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut dice = Dice::new(seed);
    let parsed = serde_json::from_slice::<Value>(&data[..size]).ok();
    let Some(Value::Object(mut capture)) = parsed.filter(|_| dice.roll(30) > 0) else {
        return fuzzer_mutate(data, size, max_size);
    };
    let tables = ["files", "files", "files", "files", "links", "statfs", "unreadable", "folders"];
    let table = *dice.one(&tables);
    if dice.roll(20) == 0 {
        let keys: Vec<String> = capture.keys().cloned().collect();
        let key = dice.one(&keys).clone();
        if let Some(value) = capture.get_mut(&key) {
            scalar_changed(value, &mut dice);
        }
    } else if let Some(Value::Object(table)) = capture.get_mut(table) {
        entry_changed(table, &mut dice);
    }
    let bytes = Value::Object(capture).to_string();
    if bytes.len() > max_size {
        fuzzer_mutate(data, size, max_size)
    } else {
        put(&mut data[..max_size], bytes.as_bytes())
    }
}

fn entry_changed(table: &mut serde_json::Map<String, Value>, dice: &mut Dice) {
    let keys: Vec<String> = table.keys().cloned().collect();
    if keys.is_empty() {
        return;
    }
    let key = dice.one(&keys).clone();
    let value = table.get(&key).cloned().unwrap_or_default();
    match dice.roll(12) {
        0 => {
            table.remove(&key);
        }
        1 => {
            table.insert(dice.one(&keys).clone(), value);
        }
        2 => {
            let changed = text_changed(key.as_bytes(), key.len() + 16, dice);
            table.insert(String::from_utf8_lossy(&changed).into_owned(), value);
        }
        _ => {
            if let Some(value) = table.get_mut(&key) {
                scalar_changed(value, dice);
            }
        }
    }
}

/// Some number or text within a value.
fn scalar_changed(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Array(all) if !all.is_empty() => {
            let at = dice.roll(all.len());
            match dice.roll(8) {
                0 => {
                    all.remove(at);
                }
                1 => all.push(all[at].clone()),
                _ => scalar_changed(&mut all[at], dice),
            }
        }
        Value::Object(fields) if !fields.is_empty() => {
            let keys: Vec<String> = fields.keys().cloned().collect();
            let key = dice.one(&keys).clone();
            match dice.roll(16) {
                0 => {
                    fields.remove(&key);
                }
                1 => {
                    let other = fields.get(dice.one(&keys).as_str()).cloned().unwrap_or_default();
                    fields.insert(key, other);
                }
                _ => {
                    if let Some(value) = fields.get_mut(&key) {
                        scalar_changed(value, dice);
                    }
                }
            }
        }
        Value::String(text) => {
            let changed = text_changed(text.as_bytes(), text.len() + 64, dice);
            *text = String::from_utf8_lossy(&changed).into_owned();
        }
        other => {
            let number = *dice.one(&NUMBERS);
            *other = match dice.roll(6) {
                0 => Value::Null,
                1 => Value::Bool(true),
                2 => Value::String((*dice.one(&HOSTILE)).to_owned()),
                _ => serde_json::from_str(number).unwrap_or_else(|_| number.into()),
            };
        }
    }
}

/// A change within the JSON of a line, of a line, or of what stands before it.
pub fn report(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    const BEFORE: [&str; 7] = [
        "[pod/a-1/c] ",
        "[pod/b-2/c] ",
        "sweep-1  | ",
        "2026-11-24T22:00:00.123Z ",
        "stdout F ",
        "stdout P ",
        "stderr F ",
    ];
    let mut dice = Dice::new(seed);
    let mut lines: Vec<Vec<u8>> =
        data[..size].split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let at = dice.roll(lines.len());
    let line = lines[at].clone();
    match dice.roll(12) {
        0 => {
            let before = *dice.one(&BEFORE);
            lines[at].splice(0..0, before.bytes());
        }
        1 => {
            let before = *dice.one(&BEFORE);
            for line in &mut lines {
                line.splice(0..0, before.bytes());
            }
        }
        2 => {
            let cut = dice.roll(line.len() + 1);
            let rest = lines[at].split_off(cut);
            lines.insert(at + 1, rest);
        }
        3 => {
            lines = text_changed(&data[..size], max_size, &mut dice)
                .split(|byte| *byte == b'\n')
                .map(<[u8]>::to_vec)
                .collect()
        }
        4 => lines[at].clear(),
        5 => {
            let text = String::from_utf8_lossy(&line).into_owned();
            if let Ok(value) = serde_json::from_str::<Value>(&text) {
                lines[at] = serde_json::to_vec_pretty(&value).unwrap_or_default();
            }
        }
        _ => {
            let begin = line.iter().position(|byte| *byte == b'{').unwrap_or(0);
            match serde_json::from_slice::<Value>(&line[begin..]) {
                Ok(mut value) => {
                    for _ in 0..=dice.roll(3) {
                        scalar_changed(&mut value, &mut dice);
                    }
                    lines[at].splice(begin.., value.to_string().into_bytes());
                }
                Err(_) => return fuzzer_mutate(data, size, max_size),
            }
        }
    }
    let bytes = lines.join(&b'\n');
    if bytes.len() > max_size {
        fuzzer_mutate(data, size, max_size)
    } else {
        put(&mut data[..max_size], &bytes)
    }
}
