//! See `lcs_fuzz::block_list`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lcs_fuzz::block_list::run(bytes));
