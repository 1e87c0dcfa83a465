#![no_main]

use libfuzzer_sys::fuzz_target;
use shmeter_fuzz::properties::sizes::hold;

fuzz_target!(|data: &[u8]| hold(data));
