//! Entra's rules: sign-in, consent, applications, grants, device codes, refresh tokens.
