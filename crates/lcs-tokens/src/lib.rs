//! Signed tokens: signing keys, minting, validation.
//!
//! - [`keys`] – RSA keys with their certificates, and the set that is published
//! - [`sealed`] – private keys as they are stored
//! - [`claims`] – what access tokens and id tokens say
//! - [`client_certificate`], [`client_assertion`] – how applications prove who they are
//! - [`mint`] – writing a token
//! - [`mod@validate`] – believing one: one error for each claim that fails
//!
//! Who may get a token is `lcs-directory`'s business; what LCS demands of a valid one beyond its
//! validity is `lcs-projects`'. Reading a token without trusting it is `lcs_wire`'s `unverified`.

pub mod claims;
pub mod client_assertion;
pub mod client_certificate;
pub mod keys;
pub mod mint;
pub mod sealed;
pub mod validate;

pub use claims::{
    AccessTokenClaims, AccessTokenClaimsV2, ApplicationTokenClaims, ClientClaims, IdTokenClaims,
};
pub use client_assertion::{AssertionMalformed, ClientAssertion};
pub use client_certificate::{CertificateRejected, ClientCertificate};
pub use keys::{KeyError, KeySet, PrivateKeyBytes, SigningKey};
pub use sealed::SealedPrivateKey;
pub use validate::{Policy, TokenRejected, ValidatedToken, validate};
