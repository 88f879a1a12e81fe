//! Signing in: the flows that yield a token, the cache that keeps it, the silent renewal.
//!
//! - [`authority`] – who signs in where: the tenant's endpoints
//! - [`resource`] – what a token is asked for
//! - [`http`] – the one HTTP client of the client half, with its limits
//! - [`token_request`] – the request to the token endpoint, and its answer
//! - [`flows`] – browser, device code, user name and password, refresh token
//! - [`cache`] – the sealed file that keeps tokens between commands
//! - [`exported_session`] – a session as a text that goes to a pipeline and back
//! - [`session`] – a signed-in user as a source of valid tokens
//! - [`user_realm`] – who checks the passwords of a domain
//! - [`error`] – how all of it can fail
//!
//! Calls that *use* a token live in `lcs-client`.

pub mod authority;
pub mod cache;
pub mod error;
pub mod exported_session;
pub mod flows;
pub mod http;
pub mod resource;
pub mod session;
pub mod token_request;
pub mod user_realm;

pub use authority::{Authority, AuthorityError};
pub use cache::{
    CacheError, CacheKey, CacheNotice, CachePlace, CachedSignIn, KeyStoreError, TokenCache,
};
pub use error::{NotSignedIn, RefusedSignIn, SignInError};
pub use exported_session::{ExportedSession, ExportedSessionError};
pub use flows::{
    authorization_code::{BrowserOptions, BrowserSignIn},
    device_code::DeviceCode,
};
pub use http::{HttpClient, HttpError, HttpSettings, PlainHttp};
pub use resource::Resource;
pub use session::{AccessToken, FixedToken, INACTIVITY_LIMIT, Session, SignedIn, TokenSource};
pub use token_request::{SignInClient, Tokens};
pub use user_realm::UserRealm;
