//! See `lcs_fuzz::bacpac_parts`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lcs_fuzz::bacpac_parts::run(bytes));
