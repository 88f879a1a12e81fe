//! What must hold whatever foreign bytes come in: the bodies of the fuzz targets.
//!
//! Each target is an ordinary function over bytes that panics when its rule is broken. The fuzzers
//! in `fuzz/` call them with bytes of their making; the tests of this crate replay every file of
//! `fuzz/corpus/`, so that what was found once stays mended without a fuzzer at hand.
//!
//! - [`token_form`], [`token_request`], [`client_assertion`] – the token endpoint
//! - [`authorize_request`] – the authorize and sign-out endpoints, with their redirect URIs
//! - [`access_token`] – tokens as a resource server gets them
//! - [`client_certificate`], [`one_time_code`] – what administrators and people enter
//! - [`graph_filter`], [`graph_query`] – the query options of Graph
//! - [`bacpac_package`], [`bacpac_parts`], [`bacpac_rows`] – packages
//! - [`asset_file`], [`block_list`] – what is uploaded to the asset library, and as what
//! - `world` – a directory to ask; `signer` – the key that the well-meaning sign with
//!
//! Unit tests and properties of the readers stand with the readers.

pub mod access_token;
pub mod asset_file;
pub mod authorize_request;
pub mod bacpac_package;
pub mod bacpac_parts;
pub mod bacpac_rows;
pub mod block_list;
pub mod client_assertion;
pub mod client_certificate;
pub mod graph_filter;
pub mod graph_query;
pub mod one_time_code;
mod signer;
pub mod token_form;
pub mod token_request;
mod world;

/// A fuzz target.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name: that of its program and of its folder in the corpus.
    pub name: &'static str,
    /// What it does with bytes; panics when its rule is broken.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: [Target; 14] = [
    target("access_token", access_token::run),
    target("asset_file", asset_file::run),
    target("authorize_request", authorize_request::run),
    target("bacpac_package", bacpac_package::run),
    target("bacpac_parts", bacpac_parts::run),
    target("bacpac_rows", bacpac_rows::run),
    target("block_list", block_list::run),
    target("client_assertion", client_assertion::run),
    target("client_certificate", client_certificate::run),
    target("graph_filter", graph_filter::run),
    target("graph_query", graph_query::run),
    target("one_time_code", one_time_code::run),
    target("token_form", token_form::run),
    target("token_request", token_request::run),
];

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run }
}
