//! Client: sign-in flows, the token cache, silent renewal.
