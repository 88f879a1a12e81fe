//! Every route and who may call it: one list, from which the router is made, a handler learns whom to
//! let in, and the tests take what they walk over.

use axum::{
    Extension, Router,
    extract::State,
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{delete, get, head, patch, post, put},
};
use lcs_projects::Capability;

use crate::{
    blob, context::RequestContext, entra, graph, health, lcs, openapi, pages, state::Services,
};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authorisation {
    /// Everybody.
    Public,
    /// Whoever the grant in the request's body stands for.
    Grant,
    /// A user or an application with a Graph token, by permission and directory role.
    Graph,
    /// A user with an LCS token and a role in the project.
    Lcs(Capability),
    /// Any user with an LCS token.
    LcsUser,
    /// Whoever holds a signed URL.
    SignedUrl,
    /// A person whose browser shows a page of ours, by the page's token.
    BrowserSession,
}

/// A route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method, lower-case.
    pub method: &'static str,
    /// The path, with `{…}` for what varies.
    pub path: &'static str,
    /// Who may call it.
    pub authorisation: Authorisation,
}

macro_rules! routes {
    ($( $method:ident $path:literal => $handler:path, $authorisation:expr; )*) => {
        /// All routes.
        pub const ROUTES: &[Route] = &[
            $(Route { method: stringify!($method), path: $path, authorisation: $authorisation },)*
        ];

        fn table() -> Router<Services> {
            Router::new()$(
                .route($path, $method($handler).route_layer(Extension($authorisation)))
            )*
        }
    };
}

routes! {
    get "/health" => health::health, Authorisation::Public;
    get "/openapi.json" => openapi::show, Authorisation::Public;

    get "/{tenant}/v2.0/.well-known/openid-configuration" => entra::discovery::configuration_v2, Authorisation::Public;
    get "/{tenant}/.well-known/openid-configuration" => entra::discovery::configuration_v1, Authorisation::Public;
    get "/{tenant}/discovery/v2.0/keys" => entra::discovery::keys_v2, Authorisation::Public;
    get "/{tenant}/discovery/keys" => entra::discovery::keys_v1, Authorisation::Public;
    get "/common/discovery/instance" => entra::discovery::instance, Authorisation::Public;
    get "/common/userrealm/{user}" => entra::discovery::user_realm, Authorisation::Public;
    post "/{tenant}/oauth2/v2.0/token" => entra::token::token_v2, Authorisation::Grant;
    post "/{tenant}/oauth2/token" => entra::token::token_v1, Authorisation::Grant;
    post "/{tenant}/oauth2/v2.0/devicecode" => entra::token::device_code_v2, Authorisation::Public;
    post "/{tenant}/oauth2/devicecode" => entra::token::device_code_v1, Authorisation::Public;
    get "/{tenant}/oauth2/deviceauth" => pages::device::show, Authorisation::Public;
    post "/{tenant}/oauth2/deviceauth" => pages::device::submit, Authorisation::BrowserSession;
    get "/{tenant}/oauth2/v2.0/authorize" => pages::authorize::authorize_v2, Authorisation::Public;
    post "/{tenant}/oauth2/v2.0/authorize" => pages::authorize::authorize_post, Authorisation::Public;
    get "/{tenant}/oauth2/authorize" => pages::authorize::authorize_v1, Authorisation::Public;
    post "/{tenant}/oauth2/authorize" => pages::authorize::authorize_post, Authorisation::Public;
    get "/{tenant}/v2.0/adminconsent" => pages::authorize::admin_consent_v2, Authorisation::Public;
    get "/{tenant}/adminconsent" => pages::authorize::admin_consent_v1, Authorisation::Public;
    get "/{tenant}/consentrequests" => pages::consent_requests::show, Authorisation::Public;
    get "/{tenant}/login" => pages::interaction::show, Authorisation::BrowserSession;
    post "/{tenant}/login" => pages::interaction::submit, Authorisation::BrowserSession;
    get "/{tenant}/oauth2/v2.0/logout" => pages::logout::logout, Authorisation::Public;
    get "/{tenant}/oauth2/logout" => pages::logout::logout, Authorisation::Public;
    get "/error" => pages::logout::error_code, Authorisation::Public;

    get "/oidc/userinfo" => graph::userinfo::show, Authorisation::Graph;
    post "/oidc/userinfo" => graph::userinfo::show, Authorisation::Graph;
    get "/{tenant}/openid/userinfo" => graph::userinfo::show, Authorisation::Graph;
    get "/v1.0/me" => graph::users::me, Authorisation::Graph;
    get "/v1.0/users" => graph::users::list, Authorisation::Graph;
    post "/v1.0/users" => graph::users::create, Authorisation::Graph;
    patch "/v1.0/users/{key}" => graph::users::update, Authorisation::Graph;
    delete "/v1.0/users/{key}" => graph::users::remove, Authorisation::Graph;
    get "/v1.0/users/{key}" => graph::users::get, Authorisation::Graph;
    post "/v1.0/me/revokeSignInSessions" => graph::users::revoke_own_sessions, Authorisation::Graph;
    post "/v1.0/users/{key}/revokeSignInSessions" => graph::users::revoke_sessions, Authorisation::Graph;
    get "/v1.0/me/authentication/methods" => graph::authentication_methods::list_own, Authorisation::Graph;
    get "/v1.0/users/{key}/authentication/methods" => graph::authentication_methods::list, Authorisation::Graph;
    get "/v1.0/users/{key}/authentication/passwordMethods" => graph::authentication_methods::list_passwords, Authorisation::Graph;
    get "/v1.0/users/{key}/authentication/softwareOathMethods" => graph::authentication_methods::list_apps, Authorisation::Graph;
    delete "/v1.0/users/{key}/authentication/softwareOathMethods/{id}" => graph::authentication_methods::remove_app, Authorisation::Graph;
    get "/v1.0/directory/deletedItems/{id}" => graph::deleted_items::get, Authorisation::Graph;
    post "/v1.0/directory/deletedItems/{id}/restore" => graph::deleted_items::restore, Authorisation::Graph;
    delete "/v1.0/directory/deletedItems/{id}" => graph::deleted_items::purge, Authorisation::Graph;
    get "/v1.0/policies/authorizationPolicy" => graph::tenant_policies::authorization, Authorisation::Graph;
    patch "/v1.0/policies/authorizationPolicy" => graph::tenant_policies::update_authorization, Authorisation::Graph;
    get "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy" => graph::tenant_policies::security_defaults, Authorisation::Graph;
    patch "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy" => graph::tenant_policies::switch_security_defaults, Authorisation::Graph;
    get "/v1.0/domains" => graph::organization::domains, Authorisation::Graph;
    get "/v1.0/auditLogs/signIns" => graph::logs::sign_ins, Authorisation::Graph;
    get "/v1.0/auditLogs/directoryAudits" => graph::logs::directory_audits, Authorisation::Graph;
    get "/v1.0/identity/conditionalAccess/policies" => graph::conditional_access::list, Authorisation::Graph;
    post "/v1.0/identity/conditionalAccess/policies" => graph::conditional_access::create, Authorisation::Graph;
    get "/v1.0/identity/conditionalAccess/policies/{id}" => graph::conditional_access::get, Authorisation::Graph;
    patch "/v1.0/identity/conditionalAccess/policies/{id}" => graph::conditional_access::update, Authorisation::Graph;
    delete "/v1.0/identity/conditionalAccess/policies/{id}" => graph::conditional_access::remove, Authorisation::Graph;
    get "/v1.0/identity/conditionalAccess/namedLocations" => graph::named_locations::list, Authorisation::Graph;
    post "/v1.0/identity/conditionalAccess/namedLocations" => graph::named_locations::create, Authorisation::Graph;
    get "/v1.0/identity/conditionalAccess/namedLocations/{id}" => graph::named_locations::get, Authorisation::Graph;
    patch "/v1.0/identity/conditionalAccess/namedLocations/{id}" => graph::named_locations::update, Authorisation::Graph;
    delete "/v1.0/identity/conditionalAccess/namedLocations/{id}" => graph::named_locations::remove, Authorisation::Graph;
    get "/v1.0/identityGovernance/appConsent/appConsentRequests" => graph::consent_requests::list, Authorisation::Graph;
    get "/v1.0/identityGovernance/appConsent/appConsentRequests/{id}" => graph::consent_requests::get, Authorisation::Graph;
    get "/v1.0/identityGovernance/appConsent/appConsentRequests/{id}/userConsentRequests" => graph::consent_requests::list_of_users, Authorisation::Graph;
    get "/v1.0/organization" => graph::organization::list, Authorisation::Graph;
    get "/v1.0/applications" => graph::applications::list, Authorisation::Graph;
    post "/v1.0/applications" => graph::applications::create, Authorisation::Graph;
    get "/v1.0/applications/{key}" => graph::applications::get, Authorisation::Graph;
    patch "/v1.0/applications/{key}" => graph::applications::update, Authorisation::Graph;
    delete "/v1.0/applications/{key}" => graph::applications::remove, Authorisation::Graph;
    post "/v1.0/applications/{key}/addPassword" => graph::applications::add_password, Authorisation::Graph;
    post "/v1.0/applications/{key}/removePassword" => graph::applications::remove_password, Authorisation::Graph;
    get "/v1.0/applications/{key}/owners" => graph::owners::list, Authorisation::Graph;
    post "/v1.0/applications/{key}/owners/$ref" => graph::owners::add, Authorisation::Graph;
    delete "/v1.0/applications/{key}/owners/{user}/$ref" => graph::owners::remove, Authorisation::Graph;
    get "/v1.0/servicePrincipals" => graph::service_principals::list, Authorisation::Graph;
    post "/v1.0/servicePrincipals" => graph::service_principals::create, Authorisation::Graph;
    get "/v1.0/servicePrincipals/{key}" => graph::service_principals::get, Authorisation::Graph;
    patch "/v1.0/servicePrincipals/{key}" => graph::service_principals::update, Authorisation::Graph;
    delete "/v1.0/servicePrincipals/{key}" => graph::service_principals::remove, Authorisation::Graph;
    get "/v1.0/users/{key}/appRoleAssignments" => graph::app_role_assignments::list_of_user, Authorisation::Graph;
    post "/v1.0/users/{key}/appRoleAssignments" => graph::app_role_assignments::assign_to_user, Authorisation::Graph;
    delete "/v1.0/users/{key}/appRoleAssignments/{id}" => graph::app_role_assignments::remove_of_user, Authorisation::Graph;
    get "/v1.0/servicePrincipals/{key}/appRoleAssignments" => graph::app_role_assignments::list_of_service_principal, Authorisation::Graph;
    post "/v1.0/servicePrincipals/{key}/appRoleAssignments" => graph::app_role_assignments::assign_to_service_principal, Authorisation::Graph;
    delete "/v1.0/servicePrincipals/{key}/appRoleAssignments/{id}" => graph::app_role_assignments::remove_of_service_principal, Authorisation::Graph;
    get "/v1.0/servicePrincipals/{key}/appRoleAssignedTo" => graph::app_role_assignments::list_on_resource, Authorisation::Graph;
    post "/v1.0/servicePrincipals/{key}/appRoleAssignedTo" => graph::app_role_assignments::assign_on_resource, Authorisation::Graph;
    delete "/v1.0/servicePrincipals/{key}/appRoleAssignedTo/{id}" => graph::app_role_assignments::remove_on_resource, Authorisation::Graph;
    get "/v1.0/oauth2PermissionGrants" => graph::grants::list, Authorisation::Graph;
    post "/v1.0/oauth2PermissionGrants" => graph::grants::create, Authorisation::Graph;
    get "/v1.0/oauth2PermissionGrants/{id}" => graph::grants::get, Authorisation::Graph;
    patch "/v1.0/oauth2PermissionGrants/{id}" => graph::grants::update, Authorisation::Graph;
    delete "/v1.0/oauth2PermissionGrants/{id}" => graph::grants::remove, Authorisation::Graph;

    get "/databasemovement/v1/databases/project/{project}" => lcs::movement::list_backups, Authorisation::Lcs(Capability::ListBackups);
    post "/databasemovement/v1/refresh/project/{project}/source/{source}/target/{target}" => lcs::movement::start_refresh, Authorisation::Lcs(Capability::StartRefresh);
    post "/databasemovement/v1/export/project/{project}/environment/{environment}/backupName/{name}" => lcs::movement::start_export, Authorisation::Lcs(Capability::StartExport);
    get "/databasemovement/v1/fetchstatus/project/{project}/environment/{environment}/operationactivity/{operation}" => lcs::movement::fetch_status, Authorisation::Lcs(Capability::FetchStatus);
    get "/environmentinfo/v1/detail/project/{project}" => lcs::environment::detail, Authorisation::Lcs(Capability::ReadEnvironments);
    get "/environmentinfo/v1/detail/project/{project}/" => lcs::environment::detail, Authorisation::Lcs(Capability::ReadEnvironments);
    get "/environmentinfo/v1/history/project/{project}/environment/{environment}" => lcs::history::history, Authorisation::Lcs(Capability::ReadHistory);
    get "/environmentinfo/v1/history/project/{project}/environment/{environment}/" => lcs::history::history, Authorisation::Lcs(Capability::ReadHistory);
    get "/environmentinfo/v1/rsatdownload/project/{project}/environment/{environment}" => lcs::certificate::download, Authorisation::Lcs(Capability::DownloadCertificate);
    post "/environment/v1/start/project/{project}/environment/{environment}" => lcs::power::start, Authorisation::Lcs(Capability::StartEnvironment);
    post "/environment/v1/stop/project/{project}/environment/{environment}" => lcs::power::stop, Authorisation::Lcs(Capability::StopEnvironment);
    post "/environment/v2/applyupdate/project/{project}/environment/{environment}/asset/{asset}" => lcs::deployment::apply, Authorisation::Lcs(Capability::DeployPackage);
    get "/environment/v2/fetchstatus/project/{project}/environment/{environment}/operationactivity/{operation}" => lcs::movement::fetch_status, Authorisation::Lcs(Capability::FetchStatus);
    post "/environment/v2/applyupdate/project/{project}/environment/{environment}/commercescaleunit/{name}/asset/{asset}" => lcs::deployment::apply_to_scale_unit, Authorisation::Lcs(Capability::DeployScaleUnit);
    get "/environment/v2/fetchstatus/project/{project}/environment/{environment}/commercescaleunit/{name}" => lcs::deployment::scale_unit_status, Authorisation::Lcs(Capability::FetchStatus);
    post "/environment/v2/applyupdate/project/{project}/environment/{environment}/ecommerce/{name}/asset/{asset}" => lcs::deployment::apply_to_e_commerce, Authorisation::Lcs(Capability::DeployECommerce);
    get "/environment/v2/fetchstatus/project/{project}/environment/{environment}/ecommerce/{name}/deploymentactivity/{operation}" => lcs::deployment::e_commerce_status, Authorisation::Lcs(Capability::FetchStatus);
    post "/box/fileasset/CreateFileAsset/{project}" => lcs::library::create, Authorisation::Lcs(Capability::ChangeAssets);
    post "/box/fileasset/CommitFileAsset/{project}" => lcs::library::commit, Authorisation::Lcs(Capability::ChangeAssets);
    get "/box/fileasset/GetFileAssetValidationStatus/{project}" => lcs::library::validation_status, Authorisation::Lcs(Capability::ReadAssets);
    get "/box/fileasset/GetAssets/{project}" => lcs::library::list, Authorisation::Lcs(Capability::ReadAssets);
    get "/box/fileasset/GetFileAsset/{project}" => lcs::library::get, Authorisation::Lcs(Capability::ReadAssets);
    get "/box/fileasset/GetSharedAssets" => lcs::library::list_shared, Authorisation::LcsUser;
    post "/box/fileasset/DeleteFileAsset/{project}" => lcs::library::delete, Authorisation::Lcs(Capability::ChangeAssets);
    post "/environment/v2/finalizeupdate/project/{project}/environment/{environment}/preparationactivityid/{operation}" => lcs::deployment::finalize, Authorisation::Lcs(Capability::DeployPackage);
    get "/environment/v2/fetchstatus/project/{project}/environment/{environment}/onprem" => lcs::deployment::on_premises_status, Authorisation::Lcs(Capability::FetchStatus);
    post "/environment/servicing/v1/applyupdate/{project}" => lcs::legacy::apply, Authorisation::Lcs(Capability::DeployPackage);
    get "/environment/servicing/v1/monitorupdate/{project}" => lcs::legacy::monitor, Authorisation::Lcs(Capability::FetchStatus);

    head "/blob/{*key}" => blob::read, Authorisation::SignedUrl;
    get "/blob/{*key}" => blob::read, Authorisation::SignedUrl;
    put "/blob/{*key}" => blob::write, Authorisation::SignedUrl;
}

/// The routes with their answers to everything that is none.
pub(crate) fn router() -> Router<Services> {
    table()
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
}

async fn no_route(context: RequestContext, State(services): State<Services>, uri: Uri) -> Response {
    if uri.path().starts_with("/v1.0/") {
        return graph::error::unknown_segment(&services, &context);
    }
    (
        StatusCode::NOT_FOUND,
        axum::Json(serde_json::json!({ "error": "not_found" })),
    )
        .into_response()
}

async fn no_method(
    context: RequestContext,
    State(services): State<Services>,
    method: Method,
    uri: Uri,
) -> Response {
    let path = uri.path();
    let is_post_only = path.ends_with("/token") || path.ends_with("/devicecode");
    if path.contains("/oauth2/") && is_post_only {
        return entra::token::only_post(&services, &context, &method);
    }
    if path.starts_with("/blob/") {
        return blob::unsupported(&context);
    }
    StatusCode::METHOD_NOT_ALLOWED.into_response()
}
