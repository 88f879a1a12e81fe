//! A Terraform configuration (provider `azuread`, version 3).

use lcs_wire::well_known::{LCS_CLIENT_ID, USER_IMPERSONATION};

use super::EmitRequest;

const CONFIGURATION: &str = r#"# Registers an application that may use Lifecycle Services in the name of its users, as
# `lcs setup` does. Made by `lcs setup --emit terraform`. An application that is there already is
# taken over with: terraform import azuread_application.lcs_toolkit /applications/OBJECT-ID

terraform {
  required_providers {
    azuread = {
      source  = "hashicorp/azuread"
      version = "~> 3.0"
    }
  }
}

provider "azuread" {
  tenant_id = @TENANT@
}

# Dynamics Lifecycle services, by its GUID: names are not unique.
resource "azuread_service_principal" "lcs" {
  client_id    = "@LCS@"
  use_existing = true
}

resource "azuread_application" "lcs_toolkit" {
  display_name                   = @NAME@
  sign_in_audience               = "AzureADMyOrg"
  fallback_public_client_enabled = true
  prevent_duplicate_names        = true

  public_client {
    redirect_uris = ["http://localhost"]
  }

  required_resource_access {
    resource_app_id = azuread_service_principal.lcs.client_id

    resource_access {
      id   = azuread_service_principal.lcs.oauth2_permission_scope_ids["@VALUE@"]
      type = "Scope"
    }
  }
}

resource "azuread_service_principal" "lcs_toolkit" {
  client_id = azuread_application.lcs_toolkit.client_id
}

# The administrator's consent for all users.
resource "azuread_service_principal_delegated_permission_grant" "lcs_toolkit" {
  service_principal_object_id          = azuread_service_principal.lcs_toolkit.object_id
  resource_service_principal_object_id = azuread_service_principal.lcs.object_id
  claim_values                         = ["@VALUE@"]
}

output "client_id" {
  value = azuread_application.lcs_toolkit.client_id
}
"#;

/// A configuration that describes what the set-up brings about.
pub fn terraform(request: &EmitRequest) -> String {
    CONFIGURATION
        .replace("@TENANT@", &quoted(&request.tenant))
        .replace("@LCS@", &LCS_CLIENT_ID.to_string())
        .replace("@VALUE@", USER_IMPERSONATION)
        .replace("@NAME@", &quoted(&request.display_name))
}

/// A text in HCL: escapes as in JSON, and templates switched off.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text.replace("${", "$${").replace("%{", "%%{")).to_string()
}
