//! See `lcs_fuzz::authorize_request`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lcs_fuzz::authorize_request::run(bytes));
