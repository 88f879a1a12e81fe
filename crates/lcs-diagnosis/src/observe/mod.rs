//! Asks the network, Entra, Microsoft Graph and LCS, one after the other, as far as it makes sense.
//!
//! - `certificate.rs` – who issued a certificate that is not trusted
//! - `network.rs` – the metadata of the authority, and the API without a token
//! - `registration.rs` – steps 1 to 3 as Microsoft Graph shows them
//!
//! Judges nothing beyond what decides on the next question, and writes nothing.

mod certificate;
mod network;
mod registration;

use std::sync::Arc;

use lcs_client::{GraphApi, LcsApi};
use lcs_signin::{
    HttpClient, NotSignedIn, Resource, Session, SignInClient, SignInError, TokenSource,
};
use lcs_types::{Clock, Secret, UserPrincipalName};
use lcs_wire::entra::unverified;

use crate::{
    check::Diagnosis,
    judge::judge,
    observations::{NoRegistration, Observations, Project, Reached, Settings, SignIn},
};

/// How the user is to be identified.
#[derive(Debug)]
pub enum Identification {
    /// With a user name and a password.
    Password(UserPrincipalName, Secret),
    /// By an earlier sign-in, which is renewed.
    EarlierSignIn,
}

/// What is diagnosed, and with what.
#[derive(Debug)]
pub struct Doctor {
    /// The settings.
    pub settings: Settings,
    /// A client that trusts what the user trusts.
    pub http: HttpClient,
    /// The application at its authority.
    pub client: SignInClient,
    /// What tokens are requested for.
    pub resource: Resource,
    /// The session of the settings.
    pub session: Session,
    /// How the user is identified.
    pub identification: Identification,
    /// This machine's clock.
    pub clock: Arc<dyn Clock>,
    /// Microsoft Graph, if there is a right to ask it.
    pub graph: Option<GraphApi>,
}

impl Doctor {
    /// Asks and judges.
    pub async fn diagnose(self) -> Diagnosis {
        judge(&self.observe().await)
    }

    /// Asks.
    pub async fn observe(self) -> Observations {
        let settings = self.settings.clone();
        let authority =
            network::metadata(&self.http, self.client.authority(), self.clock.as_ref()).await;
        let api = network::api(&self.http, &settings.api).await;
        let is_tenant_known =
            matches!(&authority, Reached::Yes(metadata) if metadata.tenant.is_ok());
        let realm = match (&self.identification, is_tenant_known) {
            (Identification::Password(user, _), true) => self.client.user_realm(user).await.ok(),
            _ => None,
        };
        let registration = match &self.graph {
            Some(graph) if is_tenant_known => registration::read(graph, &settings).await,
            _ => Err(NoRegistration::NotSignedIn),
        };
        let http = self.http.clone();
        let (sign_in, token) = if is_tenant_known {
            self.sign_in().await
        } else {
            (SignIn::NotTried, None)
        };
        let project = match (token, settings.project) {
            (Some(tokens), Some(project)) => {
                let api = LcsApi::new(settings.api.clone(), http, tokens);
                let answer = api.environments_and_version(project).await;
                Some(answer.map(|(environments, version_end_of_life)| Project {
                    environments,
                    version_end_of_life,
                }))
            }
            _ => None,
        };
        Observations {
            settings,
            authority,
            api,
            realm,
            sign_in,
            registration,
            project,
        }
    }

    async fn sign_in(self) -> (SignIn, Option<Arc<dyn TokenSource>>) {
        let result = match &self.identification {
            Identification::Password(user, password) => {
                let signed_in = self.session.sign_in_with_password(user, password).await;
                signed_in.map(|_| ())
            }
            Identification::EarlierSignIn => self.renewed().await,
        };
        let by_password = matches!(self.identification, Identification::Password(..));
        match result {
            Ok(()) => match self.session.token().await {
                Ok(token) => {
                    let claims = unverified::read(token.secret.expose()).ok();
                    let sign_in = SignIn::Token {
                        by_password,
                        claims: claims.map(|token| token.claims),
                    };
                    (sign_in, Some(Arc::new(self.session)))
                }
                Err(error) => (SignIn::Failed(error), None),
            },
            Err(SignInError::NotSignedIn(
                NotSignedIn::Nobody { .. } | NotSignedIn::Account { .. },
            )) => {
                // A device code tells whether tenant and application are known, to anybody.
                let asked = self.client.start_device_code(&self.resource).await;
                (SignIn::OnlyDeviceCode(asked.map(|_| ())), None)
            }
            Err(error) => (SignIn::Failed(error), None),
        }
    }

    /// A token of this moment: an old one would tell of how things were.
    async fn renewed(&self) -> Result<(), SignInError> {
        let current = self.session.token().await?;
        match self.session.renewed(&current).await {
            // Without a refresh token the current one has to do.
            Ok(_) | Err(SignInError::NotSignedIn(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
