//! Steps 1 to 3 in forms for those who may not run the set-up: a script for the Azure CLI, a
//! Terraform configuration, the clicks in the portal. Made without asking anybody.

mod azure_cli;
mod portal;
mod terraform;

pub use azure_cli::azure_cli;
pub use portal::{consent_steps, portal};
pub use terraform::terraform;

use lcs_types::ClientId;
use url::Url;

/// What the forms are made for.
#[derive(Debug, Clone)]
pub struct EmitRequest {
    /// The tenant: a GUID or a domain.
    pub tenant: String,
    /// The name of the application registration.
    pub display_name: String,
    /// Microsoft Graph, with its version.
    pub graph_url: Url,
}

/// Where an administrator consents for everybody, with the right account, by one click ("Admin
/// consent on the Microsoft identity platform").
pub fn admin_consent_url(
    authority_origin: &str,
    tenant: &str,
    client: ClientId,
    lcs_resource: &str,
) -> String {
    let scope = format!("{}/.default", lcs_resource.trim_end_matches('/'));
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("client_id", &client.to_string())
        .append_pair("scope", &scope)
        .append_pair("redirect_uri", crate::plan::LOOPBACK_REDIRECT)
        .append_pair("state", "lcs-setup");
    format!(
        "{}/{tenant}/v2.0/adminconsent?{}",
        authority_origin.trim_end_matches('/'),
        query.finish()
    )
}

#[cfg(test)]
mod tests;
