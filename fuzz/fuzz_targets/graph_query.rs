//! See `lcs_fuzz::graph_query`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lcs_fuzz::graph_query::run(bytes));
