#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use shmeter_fuzz::{mutate, properties::kernel_files::hold};

fuzz_target!(|data: &[u8]| hold(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::kernel_files(data, size, max_size, seed)
});
