//! See `lcs_fuzz::client_certificate`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lcs_fuzz::client_certificate::run(bytes));
