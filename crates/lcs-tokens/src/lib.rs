//! Signed tokens: signing keys, minting, validation.
