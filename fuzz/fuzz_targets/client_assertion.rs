//! See `lcs_fuzz::client_assertion`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lcs_fuzz::client_assertion::run(bytes));
