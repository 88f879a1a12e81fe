//! What came back from the network, Entra, Microsoft Graph and LCS. Nothing here is judged.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, civil::DateTime};
use lcs_client::ApiError;
use lcs_signin::{SignInError, UserRealm};
use lcs_types::{ClientId, ProjectId};
use lcs_wire::{
    entra::EntraError,
    graph::{Application, OAuth2PermissionGrant, ServicePrincipal, User},
    lcs::EnvironmentDetail,
};
use serde_json::{Map, Value};
use url::Url;

/// Everything that was asked, and what was to be there.
#[derive(Debug)]
pub struct Observations {
    /// What the settings say.
    pub settings: Settings,
    /// What the authority's metadata endpoint did.
    pub authority: Reached<Metadata>,
    /// What the LCS API did without a token.
    pub api: Reached<u16>,
    /// Who checks the user's password, if a user is known and the authority told.
    pub realm: Option<UserRealm>,
    /// How the sign-in went.
    pub sign_in: SignIn,
    /// The registration as Microsoft Graph shows it, if it may be read.
    pub registration: Result<Registration, NoRegistration>,
    /// What LCS answered to the token.
    pub project: Option<Result<Project, ApiError>>,
}

/// What LCS shows of the project.
#[derive(Debug)]
pub struct Project {
    /// Its environments.
    pub environments: Vec<EnvironmentDetail>,
    /// When the version of the API ends that is spoken, without a time zone.
    pub version_end_of_life: Option<DateTime>,
}

/// What the settings say.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The tenant segment.
    pub tenant: String,
    /// Host and port of the authority.
    pub authority: String,
    /// The application.
    pub client_id: ClientId,
    /// What tokens are requested for.
    pub resource: String,
    /// The base of LCS calls.
    pub api: Url,
    /// The project, if it is set.
    pub project: Option<ProjectId>,
    /// Who signs in, if it is known.
    pub account: Option<String>,
    /// This machine's time at the beginning.
    pub now: Timestamp,
    /// The proxy that the environment names, if any.
    pub proxy: Option<String>,
}

/// Whether somebody could be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached<T> {
    /// It answered.
    Yes(T),
    /// It did not.
    No(Unreachable),
}

/// Why somebody could not be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable {
    /// Host and port.
    pub host: String,
    /// What kind of trouble it is.
    pub trouble: Trouble,
    /// The library's words.
    pub text: String,
    /// Who issued the certificate that is not trusted, if that can be seen.
    pub issuer: Option<String>,
}

/// What kinds of trouble a connection can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The name does not resolve.
    Name,
    /// Nobody takes the connection.
    Connection,
    /// The certificate is of an authority that is not trusted: a local one, or a proxy's that looks
    /// into the traffic.
    UntrustedCertificate,
    /// The certificate has run out or is not valid yet, by this machine's clock.
    CertificateDates,
    /// The certificate is for another name.
    CertificateName,
    /// No answer in time.
    Time,
    /// A setting of this machine: plain HTTP, a file of certificates.
    Settings,
    /// Something else.
    Other,
}

/// What the authority's metadata endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// How far this machine's clock is ahead of the authority's.
    pub clock_ahead: Option<SignedDuration>,
    /// The tenant's id, or what the authority says about the tenant.
    pub tenant: Result<Option<String>, Box<EntraError>>,
}

/// How the sign-in went.
#[derive(Debug)]
pub enum SignIn {
    /// There is a token, had anew from Entra; its claims, if they can be read.
    Token {
        /// Whether a user name and a password were used, rather than an earlier sign-in.
        by_password: bool,
        /// The claims.
        claims: Option<Map<String, Value>>,
    },
    /// It failed.
    Failed(SignInError),
    /// Nobody is signed in, and there is no password: all that was asked for is a device code.
    OnlyDeviceCode(Result<(), SignInError>),
    /// It was not tried.
    NotTried,
}

/// The registration as Microsoft Graph shows it.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    /// The application, if this tenant has it.
    pub application: Option<Application>,
    /// Its service principal.
    pub client: Option<ServicePrincipal>,
    /// *Dynamics Lifecycle services*.
    pub lcs: Option<ServicePrincipal>,
    /// The names of the resources that the application lists, by their ids.
    pub listed: Vec<(ClientId, Option<String>)>,
    /// Grants from the application to LCS, of administrators and users.
    pub grants: Vec<OAuth2PermissionGrant>,
    /// The user who signs in, if known.
    pub user: Option<User>,
}

/// Why Microsoft Graph does not tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRegistration {
    /// Nobody is signed in to it.
    NotSignedIn,
    /// It refused, or could not be asked.
    Refused(String),
}

/// How long a single question may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
