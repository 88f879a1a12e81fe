//! See `lcs_fuzz::bacpac_package`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lcs_fuzz::bacpac_package::run(bytes));
