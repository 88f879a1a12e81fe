//! Making the tokens of an answer and the answer itself.
//!
//! The access token is of the version that its resource takes, 1.0 for LCS and Graph at both
//! endpoints; the id token is of the version of the endpoint. Recorded from the service: `iat` and `nbf` stand
//! 300 s before the issue, `exp` one second after issue and lifetime.

use std::net::IpAddr;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use lcs_tokens::{
    AccessTokenClaims, AccessTokenClaimsV2, ClientClaims, IdTokenClaims, SigningKey,
    mint::TokenVersion,
};
use lcs_types::{ClientId, Secret, TenantId, UserId};
use lcs_wire::{
    entra::{Endpoint, TokenAnswerV1, TokenAnswerV2, scope::OpenIdScope},
    well_known::{GRAPH_CLIENT_ID, LCS_CLIENT_ID},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Authorisation, Client, ClientAuthentication, TokenContext, TokenResponse};
use crate::{
    Directory,
    directory::AccessTokenLifetime,
    error::DirectoryFailure,
    form::Form,
    issuer::{issuer, mint_at},
    model::{
        AccessTokenVersion, Authentication, RefreshToken, ServicePrincipal, SignInFlow, User,
        UserKind,
    },
    scopes::{RequestedValues, ResourceRequest},
    secret_hash::SecretHash,
};

const BACKDATED_SECONDS: i64 = 300;
const ID_TOKEN_SECONDS: i64 = 3_600;

/// What tokens are made of.
pub(crate) struct Issue<'request> {
    pub(crate) client: &'request Client,
    /// How the client proved who it is.
    pub(crate) client_authentication: ClientAuthentication,
    pub(crate) authorisation: &'request Authorisation,
    /// The granted values.
    pub(crate) values: &'request [String],
    pub(crate) user: &'request User,
    pub(crate) flow: SignInFlow,
    /// How the user proved who they are.
    pub(crate) authentication: &'request Authentication,
    /// The family that a refresh token continues, when it is not the first of one.
    pub(crate) family: Option<Family>,
    /// For the id token.
    pub(crate) nonce: Option<&'request str>,
    pub(crate) form: &'request Form,
    pub(crate) context: &'request TokenContext,
}

/// What all refresh tokens that descend from one sign-in share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Family {
    pub(crate) id: Uuid,
    /// When the first was issued; nothing when that is now.
    pub(crate) started_at: Option<Timestamp>,
}

/// Tokens, before they take the form of an answer. Nothing is stored.
pub(crate) struct Minted {
    pub(crate) access_token: Secret,
    pub(crate) id_token: Option<Secret>,
    /// In seconds.
    pub(crate) lifetime: i64,
    /// What the answer's `scope` says at the v2 endpoint.
    pub(crate) scope: String,
    instants: Instants,
}

/// Tokens that were made but not handed out yet.
pub(crate) struct Issued {
    pub(crate) response: TokenResponse,
    /// What the store must keep for the refresh token in the answer.
    pub(crate) refresh_token: Option<RefreshToken>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Instants {
    issued: Timestamp,
    lifetime: i64,
}

impl Instants {
    /// In seconds.
    pub(crate) fn lifetime(&self) -> i64 {
        self.lifetime
    }

    pub(crate) fn not_before(&self) -> i64 {
        self.issued.as_second() - BACKDATED_SECONDS
    }

    pub(crate) fn expiry(&self) -> i64 {
        self.issued.as_second() + self.lifetime + 1
    }
}

impl Directory {
    /// Makes access token and id token.
    pub(crate) async fn mint(&self, issue: &Issue<'_>) -> Result<Minted, DirectoryFailure> {
        let key = self.active_key().await?;
        let instants = self.instants();
        let roles = self
            .roles_of_user(issue.user, &issue.authorisation.resource)
            .await?;
        let access_token = self.access_token(issue, &key, &instants, roles)?;
        let id_token = if issue.authorisation.request.open_id.openid {
            Some(self.id_token(issue, &key, &instants)?)
        } else {
            None
        };
        Ok(Minted {
            access_token,
            id_token,
            lifetime: instants.lifetime,
            scope: scope_echo(issue),
            instants,
        })
    }

    /// Makes the tokens of an answer. Nothing is stored.
    pub(crate) async fn issue(&self, issue: &Issue<'_>) -> Result<Issued, DirectoryFailure> {
        let Minted {
            access_token,
            id_token,
            scope,
            instants,
            ..
        } = self.mint(issue).await?;
        let wants = issue.authorisation.request.open_id;
        let is_renewal = issue
            .family
            .is_some_and(|family| family.started_at.is_some());
        // A renewal always hands out a new token; the old one stays good.
        let (refresh_token, kept) = if wants.offline_access || is_renewal {
            let (secret, kept) = self.refresh_token(issue, instants.issued);
            (Some(secret), Some(kept))
        } else {
            (None, None)
        };
        let client_info = (issue.form.text("client_info") == Some("1"))
            .then(|| client_info(issue.user.id, issue.user.tenant));
        let exposed = |secret: Secret| secret.expose().to_owned();
        let access_token = exposed(access_token);
        let refresh_token = refresh_token.map(exposed);
        let id_token = id_token.map(exposed);
        let response = match issue.context.endpoint {
            Endpoint::V2 => TokenResponse::V2(TokenAnswerV2 {
                token_type: "Bearer",
                scope: Some(scope),
                expires_in: instants.lifetime,
                ext_expires_in: instants.lifetime,
                access_token,
                refresh_token,
                id_token,
                client_info,
            }),
            Endpoint::V1 => TokenResponse::V1(TokenAnswerV1 {
                token_type: "Bearer",
                scope: Some(issue.values.join(" ")),
                expires_in: instants.lifetime.to_string(),
                ext_expires_in: instants.lifetime.to_string(),
                expires_on: instants.expiry().to_string(),
                not_before: instants.not_before().to_string(),
                resource: issue.authorisation.request.audience(),
                access_token,
                refresh_token,
                id_token,
                client_info,
            }),
        };
        Ok(Issued {
            response,
            refresh_token: kept,
        })
    }

    pub(crate) fn instants(&self) -> Instants {
        Instants {
            issued: self.now(),
            lifetime: self.lifetime_seconds(),
        }
    }

    fn lifetime_seconds(&self) -> i64 {
        match self.settings.access_token_lifetime {
            AccessTokenLifetime::Fixed(lifetime) => {
                lifetime.min(AccessTokenLifetime::LONGEST).as_secs()
            }
            AccessTokenLifetime::Random => {
                3_600 + i64::from(u32::from_le_bytes(self.random_bytes()) % 1_801)
            }
        }
    }

    /// The version of the tokens that a resource takes.
    pub(super) fn token_version(&self, resource: &ServicePrincipal) -> AccessTokenVersion {
        // Inferred: LCS's.
        if resource.client_id == LCS_CLIENT_ID && !self.settings.inferences.lcs_tokens_are_v1 {
            return AccessTokenVersion::V2;
        }
        resource.settings.access_token_version
    }

    /// The audience of a token of version 1.0.
    pub(super) fn audience(&self, request: &ResourceRequest) -> String {
        // Inferred: the article's two slashes leave one at the end.
        if self.settings.inferences.audience_keeps_slash {
            request.audience()
        } else {
            request.bare_audience()
        }
    }

    fn access_token(
        &self,
        issue: &Issue<'_>,
        key: &SigningKey,
        instants: &Instants,
        roles: Vec<String>,
    ) -> Result<Secret, DirectoryFailure> {
        let origin = &issue.context.origin;
        match self.token_version(&issue.authorisation.resource) {
            AccessTokenVersion::V1 => {
                let claims = self.claims_v1(issue, instants, roles);
                Ok(mint_at(origin, key, TokenVersion::V1, &claims)?)
            }
            AccessTokenVersion::V2 => {
                let claims = self.claims_v2(issue, instants, roles);
                Ok(mint_at(origin, key, TokenVersion::V2, &claims)?)
            }
        }
    }

    fn claims_v2(
        &self,
        issue: &Issue<'_>,
        instants: &Instants,
        roles: Vec<String>,
    ) -> AccessTokenClaimsV2 {
        let user = issue.user;
        AccessTokenClaimsV2 {
            aud: issue.authorisation.resource.client_id.to_string(),
            iss: issuer(&issue.context.origin, user.tenant, Endpoint::V2),
            iat: instants.not_before(),
            nbf: instants.not_before(),
            exp: instants.expiry(),
            client: ClientClaims::v2(issue.client.id(), issue.client_authentication.claim()),
            name: user.display_name.clone(),
            oid: user.id,
            preferred_username: user.user_principal_name.to_string(),
            roles,
            scp: issue.values.join(" "),
            sub: pairwise_subject(issue.client.id(), user.id),
            tid: user.tenant,
            uti: self.token_id(),
            ver: "2.0".to_owned(),
        }
    }

    fn claims_v1(
        &self,
        issue: &Issue<'_>,
        instants: &Instants,
        roles: Vec<String>,
    ) -> AccessTokenClaims {
        let user = issue.user;
        let name = user.user_principal_name.to_string();
        // A guest has the sign-in name and the identity provider of home, and no name here.
        let home = match &user.kind {
            UserKind::Member => None,
            UserKind::Guest(home) => Some(home),
        };
        let mut wids: Vec<String> = user
            .roles
            .iter()
            .map(|role| role.template_id().to_owned())
            .collect();
        wids.push(crate::model::MEMBER_TEMPLATE_ID.to_owned());
        AccessTokenClaims {
            aud: self.audience(&issue.authorisation.request),
            iss: issuer(&issue.context.origin, user.tenant, Endpoint::V1),
            iat: instants.not_before(),
            nbf: instants.not_before(),
            exp: instants.expiry(),
            acr: "1".to_owned(),
            amr: issue
                .authentication
                .amr()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            appid: issue.client.id(),
            appidacr: issue.client_authentication.claim().to_owned(),
            family_name: user.surname.clone(),
            given_name: user.given_name.clone(),
            ipaddr: unmapped(issue.context.client_address).to_string(),
            name: user.display_name.clone(),
            oid: user.id,
            puid: puid(user.id),
            roles,
            scp: issue.values.join(" "),
            sub: pairwise_subject(issue.client.id(), user.id),
            tid: user.tenant,
            unique_name: home.map_or_else(|| name.clone(), |home| home.name.to_string()),
            upn: home.is_none().then_some(name),
            idp: home.map(|home| issuer(&issue.context.origin, home.tenant, Endpoint::V1)),
            uti: self.token_id(),
            ver: "1.0".to_owned(),
            wids,
        }
    }

    fn id_token(
        &self,
        issue: &Issue<'_>,
        key: &SigningKey,
        instants: &Instants,
    ) -> Result<Secret, DirectoryFailure> {
        let user = issue.user;
        let name = user.user_principal_name.to_string();
        let endpoint = issue.context.endpoint;
        let (version, ver) = match endpoint {
            Endpoint::V1 => (TokenVersion::V1, "1.0"),
            Endpoint::V2 => (TokenVersion::V2, "2.0"),
        };
        let only = |wanted: Endpoint| (endpoint == wanted).then(|| name.clone());
        let claims = IdTokenClaims {
            aud: issue.client.id(),
            iss: issuer(&issue.context.origin, user.tenant, endpoint),
            iat: instants.not_before(),
            nbf: instants.not_before(),
            exp: instants.issued.as_second() + ID_TOKEN_SECONDS,
            name: user.display_name.clone(),
            nonce: issue.nonce.map(str::to_owned),
            oid: user.id,
            preferred_username: only(Endpoint::V2),
            unique_name: only(Endpoint::V1),
            upn: only(Endpoint::V1),
            sub: pairwise_subject(issue.client.id(), user.id),
            tid: user.tenant,
            uti: self.token_id(),
            ver: ver.to_owned(),
        };
        Ok(mint_at(&issue.context.origin, key, version, &claims)?)
    }

    fn refresh_token(&self, issue: &Issue<'_>, now: Timestamp) -> (Secret, RefreshToken) {
        let text = format!("1.{}", URL_SAFE_NO_PAD.encode(self.random_bytes::<48>()));
        let kept = RefreshToken {
            token: SecretHash::of(&text),
            family: issue.family.map_or_else(
                || lcs_types::randomness::random_uuid(&*self.randomness),
                |family| family.id,
            ),
            family_started_at: issue
                .family
                .and_then(|family| family.started_at)
                .unwrap_or(now),
            tenant: issue.user.tenant,
            user: issue.user.id,
            client: issue.client.id(),
            flow: issue.flow,
            authentication: issue.authentication.clone(),
            scope: issue.authorisation.request.to_scope(),
            issued_at: now,
            used_at: now,
            superseded_at: None,
            is_revoked: false,
        };
        (Secret::new(text), kept)
    }

    pub(crate) fn token_id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.random_bytes::<16>())
    }
}

/// The granted scopes in the requested spelling, the requested `.default` last. The scopes of
/// OpenID Connect are named only for Microsoft Graph, where they are permissions.
fn scope_echo(issue: &Issue<'_>) -> String {
    let request = &issue.authorisation.request;
    let mut words: Vec<String> = issue
        .values
        .iter()
        .map(|value| request.spell(value))
        .collect();
    if issue.authorisation.resource.client_id == GRAPH_CLIENT_ID {
        for (is_set, scope) in [
            (request.open_id.openid, OpenIdScope::OpenId),
            (request.open_id.profile, OpenIdScope::Profile),
            (request.open_id.email, OpenIdScope::Email),
        ] {
            let word = scope.as_str();
            if is_set && !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
    }
    if request.values == RequestedValues::Default {
        words.push(request.spell(".default"));
    }
    words.join(" ")
}

/// Who signed in, for the caches of client libraries.
pub(crate) fn client_info(user: UserId, tenant: TenantId) -> String {
    URL_SAFE_NO_PAD.encode(json!({ "uid": user, "utid": tenant }).to_string())
}

/// The same user is another subject for another client.
pub(crate) fn pairwise_subject(client: ClientId, user: UserId) -> String {
    let mut hash = Sha256::new();
    hash.update(client.as_uuid().as_bytes());
    hash.update(user.as_uuid().as_bytes());
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// Sixteen hexadecimal digits that begin as the service's do.
fn puid(user: UserId) -> String {
    let bytes = user.as_uuid().as_bytes();
    bytes[..6]
        .iter()
        .fold("1003".to_owned(), |text, byte| format!("{text}{byte:02X}"))
}

/// A loopback address of IPv4 that came over a socket of IPv6 is one of IPv4.
fn unmapped(address: IpAddr) -> IpAddr {
    address.to_canonical()
}
