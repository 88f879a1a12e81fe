//! See `lcs_fuzz::one_time_code`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lcs_fuzz::one_time_code::run(bytes));
