//! A file system for a kernel to start with: a cpio archive in the "newc" form
//! (Documentation/driver-api/early-userspace/buffer-format.rst).

use std::collections::BTreeSet;

const FOLDER: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;
const CHARACTER_DEVICE: u32 = 0o020_600;

/// An archive that grows.
#[derive(Default)]
pub struct Initramfs {
    bytes: Vec<u8>,
    inodes: u32,
    folders: BTreeSet<String>,
}

impl Initramfs {
    /// A file that may be executed; its folders come into being with it.
    pub fn file(&mut self, name: &str, content: &[u8]) {
        for (at, _) in name.match_indices('/') {
            let folder = name[..at].to_owned();
            if self.folders.insert(folder.clone()) {
                self.entry(&folder, FOLDER, b"", (0, 0));
            }
        }
        self.entry(name, PROGRAM, content, (0, 0));
    }

    /// The whole archive. A kernel opens /dev/console before the first process can make one.
    pub fn finish(mut self) -> Vec<u8> {
        if self.folders.insert("dev".to_owned()) {
            self.entry("dev", FOLDER, b"", (0, 0));
        }
        self.entry("dev/console", CHARACTER_DEVICE, b"", (5, 1));
        self.entry("TRAILER!!!", 0, b"", (0, 0));
        self.bytes
    }

    fn entry(&mut self, name: &str, mode: u32, content: &[u8], device: (u32, u32)) {
        self.inodes += 1;
        let count = |length: usize| u32::try_from(length).expect("files here are small");
        let header = [
            self.inodes,
            mode,
            0, // user
            0, // group
            1, // links
            0, // time
            count(content.len()),
            0, // device of the archive
            0,
            device.0,
            device.1,
            count(name.len() + 1),
            0, // no checksum
        ];
        self.bytes.extend(b"070701");
        for number in header {
            self.bytes.extend(format!("{number:08X}").bytes());
        }
        self.bytes.extend(name.bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend(content);
        self.pad();
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}
