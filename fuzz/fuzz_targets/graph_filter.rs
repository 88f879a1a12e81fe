//! See `lcs_fuzz::graph_filter`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lcs_fuzz::graph_filter::run(bytes));
