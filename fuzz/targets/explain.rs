#![no_main]

use libfuzzer_sys::fuzz_target;
use shmeter_fuzz::properties::explain::hold;

fuzz_target!(|data: &[u8]| hold(data));
