//! Tokens of an application that acts for itself: no user, no scopes, no refresh token.

use lcs_tokens::{ApplicationTokenClaims, ClientClaims, mint::TokenVersion};
use lcs_wire::entra::{Endpoint, TokenAnswerV1, TokenAnswerV2};

use super::{Client, ClientAuthentication, TokenContext, TokenResponse};
use crate::{
    Directory,
    error::DirectoryFailure,
    issuer::{issuer, mint_at},
    model::{AccessTokenVersion, ServicePrincipal},
    scopes::ResourceRequest,
};

/// What such a token is made of.
pub(crate) struct OwnIssue<'request> {
    pub(crate) client: &'request Client,
    pub(crate) client_authentication: ClientAuthentication,
    pub(crate) request: &'request ResourceRequest,
    pub(crate) resource: &'request ServicePrincipal,
    /// The values of the roles that it has on the resource.
    pub(crate) roles: Vec<String>,
    pub(crate) context: &'request TokenContext,
}

impl Directory {
    /// Makes the token and its answer. Nothing is stored.
    pub(crate) async fn issue_own(
        &self,
        issue: &OwnIssue<'_>,
    ) -> Result<TokenResponse, DirectoryFailure> {
        let key = self.active_key().await?;
        let instants = self.instants();
        let principal = issue.client.principal.id;
        let tenant = issue.client.tenant.id;
        let origin = issue.context.origin.as_str();
        let id = issue.client.id();
        let proof = issue.client_authentication.claim();
        let (version, ver, iss, aud, client) = match self.token_version(issue.resource) {
            AccessTokenVersion::V1 => (
                TokenVersion::V1,
                "1.0",
                issuer(origin, tenant, Endpoint::V1),
                self.audience(issue.request),
                ClientClaims::v1(id, proof),
            ),
            AccessTokenVersion::V2 => (
                TokenVersion::V2,
                "2.0",
                issuer(origin, tenant, Endpoint::V2),
                issue.resource.client_id.to_string(),
                ClientClaims::v2(id, proof),
            ),
        };
        let claims = ApplicationTokenClaims {
            aud,
            iss,
            iat: instants.not_before(),
            nbf: instants.not_before(),
            exp: instants.expiry(),
            client,
            oid: principal,
            roles: issue.roles.clone(),
            sub: principal,
            tid: tenant,
            uti: self.token_id(),
            ver: ver.to_owned(),
        };
        let access_token = mint_at(origin, &key, version, &claims)?.expose().to_owned();
        let lifetime = instants.lifetime();
        Ok(match issue.context.endpoint {
            Endpoint::V2 => TokenResponse::V2(TokenAnswerV2 {
                token_type: "Bearer",
                scope: None,
                expires_in: lifetime,
                ext_expires_in: lifetime,
                access_token,
                refresh_token: None,
                id_token: None,
                client_info: None,
            }),
            Endpoint::V1 => TokenResponse::V1(TokenAnswerV1 {
                token_type: "Bearer",
                scope: None,
                expires_in: lifetime.to_string(),
                ext_expires_in: lifetime.to_string(),
                expires_on: instants.expiry().to_string(),
                not_before: instants.not_before().to_string(),
                resource: issue.request.audience(),
                access_token,
                refresh_token: None,
                id_token: None,
                client_info: None,
            }),
        })
    }
}
