//! See `lcs_fuzz::asset_file`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lcs_fuzz::asset_file::run(bytes));
