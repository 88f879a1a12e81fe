//! See `lcs_fuzz::token_form`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lcs_fuzz::token_form::run(bytes));
