//! Discovery documents: OpenID configuration, signing keys, instance discovery, user realm.
//!
//! Field by field as recorded from the service; `grant_types_supported` and
//! `code_challenge_methods_supported` are added because generic OpenID libraries like them.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use lcs_directory::{issuer::issuer, model::TenantTarget, sign_in::Realm};
use lcs_types::UserPrincipalName;
use lcs_wire::{
    clouds::{MICROSOFT_CLOUDS, MicrosoftCloud},
    entra::{Aadsts, Endpoint, InstanceDiscovery, InstanceMetadata, UserRealm, aadsts::Refusal},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Surface, failed, refused, write};
use crate::{context::RequestContext, origin::AllowedOrigins, state::Services};

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`.
pub(crate) async fn configuration_v2(
    State(services): State<Services>,
    context: RequestContext,
    Path(segment): Path<String>,
) -> Response {
    configuration(&services, &context, &segment, Endpoint::V2).await
}

/// `GET /{tenant}/.well-known/openid-configuration`.
pub(crate) async fn configuration_v1(
    State(services): State<Services>,
    context: RequestContext,
    Path(segment): Path<String>,
) -> Response {
    configuration(&services, &context, &segment, Endpoint::V1).await
}

async fn configuration(
    services: &Services,
    context: &RequestContext,
    segment: &str,
    endpoint: Endpoint,
) -> Response {
    let target = match services.directory.resolve_tenant(segment).await {
        Ok(target) => target,
        Err(error) => return write(services, context, Surface::Discovery, &error),
    };
    let document = document(context.origin.as_str(), segment, &target, endpoint);
    public_metadata(Json(document).into_response())
}

fn document(origin: &str, segment: &str, target: &TenantTarget, endpoint: Endpoint) -> Value {
    let issuer_tenant = match target {
        TenantTarget::Tenant(tenant) => tenant.to_string(),
        // The placeholder stands literally in the document; the token has the tenant's GUID.
        TenantTarget::Common | TenantTarget::Organizations => "{tenantid}".to_owned(),
    };
    let (version, jwks_uri) = match endpoint {
        Endpoint::V2 => ("/v2.0", format!("{origin}/{segment}/discovery/v2.0/keys")),
        Endpoint::V1 => ("", format!("{origin}/common/discovery/keys")),
    };
    let cloud = MicrosoftCloud::of_authority(origin);
    let host = origin.trim_start_matches("https://");
    let graph_host = cloud.map_or(host, |cloud| cloud.graph_host());
    json!({
        "token_endpoint": format!("{origin}/{segment}/oauth2{version}/token"),
        "token_endpoint_auth_methods_supported":
            ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": jwks_uri,
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer(origin, issuer_tenant, endpoint),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": match endpoint {
            Endpoint::V2 => format!("https://{graph_host}/oidc/userinfo"),
            Endpoint::V1 => format!("{origin}/{segment}/openid/userinfo"),
        },
        "authorization_endpoint": format!("{origin}/{segment}/oauth2{version}/authorize"),
        "device_authorization_endpoint": format!("{origin}/{segment}/oauth2{version}/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": format!("{origin}/{segment}/oauth2{version}/logout"),
        "claims_supported": [
            "sub", "iss", "cloud_instance_name", "cloud_instance_host_name",
            "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat", "auth_time", "acr",
            "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"
        ],
        "tenant_region_scope": match target {
            TenantTarget::Tenant(_) => json!("NA"),
            TenantTarget::Common | TenantTarget::Organizations => Value::Null,
        },
        "cloud_instance_name": cloud.map_or(host, |cloud| cloud.instance_name),
        "cloud_graph_host_name": graph_host,
        "msgraph_host": graph_host,
        "grant_types_supported": [
            "authorization_code", "password", "refresh_token", "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
            "urn:ietf:params:oauth:grant-type:jwt-bearer"
        ],
        "code_challenge_methods_supported": ["S256"],
    })
}

/// `GET /{tenant}/discovery/v2.0/keys`.
pub(crate) async fn keys_v2(
    State(services): State<Services>,
    context: RequestContext,
    Path(segment): Path<String>,
) -> Response {
    keys(&services, &context, &segment, Endpoint::V2).await
}

/// `GET /{tenant}/discovery/keys`.
pub(crate) async fn keys_v1(
    State(services): State<Services>,
    context: RequestContext,
    Path(segment): Path<String>,
) -> Response {
    keys(&services, &context, &segment, Endpoint::V1).await
}

async fn keys(
    services: &Services,
    context: &RequestContext,
    segment: &str,
    endpoint: Endpoint,
) -> Response {
    if let Err(error) = services.directory.resolve_tenant(segment).await {
        return write(services, context, Surface::Discovery, &error);
    }
    match services.directory.published_keys().await {
        Ok(keys) => {
            // Keys are shared by all tenants, so the v2 document names the issuer's pattern.
            let issuer = (endpoint == Endpoint::V2)
                .then(|| issuer(context.origin.as_str(), "{tenantid}", Endpoint::V2));
            public_metadata(Json(keys.json_web_keys(issuer.as_deref())).into_response())
        }
        Err(error) => failed(services, context, Surface::Discovery, &error),
    }
}

/// The parameters of instance discovery.
#[derive(Deserialize)]
pub(crate) struct InstanceQuery {
    #[serde(rename = "api-version")]
    api_version: Option<String>,
    authorization_endpoint: Option<String>,
}

/// `GET /common/discovery/instance`.
pub(crate) async fn instance(
    State(services): State<Services>,
    context: RequestContext,
    Query(query): Query<InstanceQuery>,
) -> Response {
    let asked = query
        .authorization_endpoint
        .as_deref()
        .and_then(|text| url::Url::parse(text).ok());
    let known = asked.and_then(|url| {
        let metadata = metadata(&services.origins, &url)?;
        Some((url, metadata))
    });
    let Some((url, metadata)) = known else {
        let refusal = Refusal::new(Aadsts::UnknownInstance);
        return refused(&services, &context, Surface::Discovery, &refusal);
    };
    let tenant = url
        .path_segments()
        .and_then(|mut segments| segments.next())
        .unwrap_or("common");
    let is_first_version = query.api_version.as_deref() == Some("1.0");
    let body = InstanceDiscovery {
        tenant_discovery_endpoint: format!(
            "{}/{tenant}/v2.0/.well-known/openid-configuration",
            url.origin().ascii_serialization()
        ),
        api_version: (!is_first_version).then(|| "1.1".to_owned()),
        metadata: (!is_first_version).then_some(metadata),
    };
    public_metadata(Json(body).into_response())
}

/// The instances to answer a question about this URL with; nothing when it is none of them. An
/// origin of ours is an instance by itself; Microsoft's are answered for in a sandbox alone.
fn metadata(origins: &AllowedOrigins, url: &url::Url) -> Option<Vec<InstanceMetadata>> {
    let asked = url.origin().ascii_serialization();
    if origins.own().any(|own| own.as_str() == asked) {
        let host = url.authority().to_owned();
        return Some(vec![InstanceMetadata {
            preferred_network: host.clone(),
            preferred_cache: host.clone(),
            aliases: vec![host],
        }]);
    }
    let is_answered_for = origins.all().any(|origin| origin.as_str() == asked);
    (is_answered_for && MicrosoftCloud::of_authority(&asked).is_some()).then(|| {
        MICROSOFT_CLOUDS
            .iter()
            .map(InstanceMetadata::from)
            .collect()
    })
}

/// `GET /common/userrealm/{upn}`: answers for the domain, never for the user.
pub(crate) async fn user_realm(
    State(services): State<Services>,
    context: RequestContext,
    Path(user): Path<String>,
) -> Response {
    let domain = user
        .parse::<UserPrincipalName>()
        .ok()
        .map(|name| name.domain());
    let realm = match services.directory.realm(&user).await {
        Ok(realm) => realm,
        Err(error) => return failed(&services, &context, Surface::Discovery, &error),
    };
    let origin = context.origin.as_str();
    let instance = MicrosoftCloud::of_authority(origin).map_or_else(
        || origin.trim_start_matches("https://"),
        |cloud| cloud.instance_name,
    );
    let federation = match &realm {
        Realm::Federated(federation) => Some(federation),
        Realm::Managed | Realm::Unknown => None,
    };
    let realm = UserRealm {
        ver: "1.0".to_owned(),
        account_type: match &realm {
            Realm::Managed => "Managed",
            Realm::Federated(_) => "Federated",
            Realm::Unknown => "Unknown",
        }
        .to_owned(),
        domain_name: domain.map_or_else(|| user.clone(), |domain| domain.to_string()),
        cloud_instance_name: instance.to_owned(),
        cloud_audience_urn: "urn:federation:MicrosoftOnline".to_owned(),
        federation_protocol: federation.map(|_| "WSTrust".to_owned()),
        federation_metadata_url: federation.map(|each| each.metadata_url.clone()),
        federation_active_auth_url: federation.map(|each| each.active_sign_in_url.clone()),
    };
    let mut response = super::error::with_token_headers(Json(realm).into_response());
    response.headers_mut().insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("inline; filename=userrealm.json"),
    );
    response
}

/// Metadata may be cached for a day and read from any origin.
fn public_metadata(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("max-age=86400, private"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, OPTIONS"),
    );
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    response
}
