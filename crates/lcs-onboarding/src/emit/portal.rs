//! The clicks in the Microsoft Entra admin center.

use lcs_types::ClientId;
use lcs_wire::well_known::{LCS_CLIENT_ID, USER_IMPERSONATION};

use super::EmitRequest;

/// The clicks of an administrator who has to consent to an application that is there.
pub fn consent_steps(display_name: &str, client: ClientId) -> Vec<String> {
    vec![
        format!(
            "open https://entra.microsoft.com as an administrator, App registrations > All \
             applications > \"{display_name}\" ({client})"
        ),
        format!(
            "API permissions: if {USER_IMPERSONATION} of LCS is not listed, Add a permission > \
             APIs my organization uses > search for {LCS_CLIENT_ID} > Delegated permissions > \
             {USER_IMPERSONATION} > Add permissions"
        ),
        "Grant admin consent for your organization; the status must read \"Granted\"".to_owned(),
    ]
}

/// All of steps 1 to 3 as clicks.
pub fn portal(request: &EmitRequest) -> String {
    let EmitRequest {
        tenant,
        display_name,
        ..
    } = request;
    format!(
        "\
Steps 1 to 3 by hand, in the tenant {tenant}

1. Registration
   - Open https://entra.microsoft.com as an administrator (Cloud Application Administrator
     suffices), App registrations > New registration.
   - Name: {display_name}
   - Supported account types: Accounts in this organizational directory only. Register.
   - Note the Application (client) ID and the Directory (tenant) ID.

2. Permission
   - API permissions > Add a permission > APIs my organization uses.
   - Search by the GUID {LCS_CLIENT_ID}: there are other entries
     that are called Dynamics …. If nothing is found, the tenant lacks LCS:
     az ad sp create --id {LCS_CLIENT_ID}
   - Delegated permissions > {USER_IMPERSONATION} > Add permissions.
   - Grant admin consent; the status column must read \"Granted for …\".

3. Public client
   - Authentication > Add a platform (or: Add redirect URI) > Mobile and desktop applications >
     http://localhost
   - Authentication > Settings > Allow public client flows: Yes. Older portals call it
     \"Default client type: Treat application as a public client\" or \"Public client\".
   - Save. Forgotten, sign-ins end with AADSTS7000218.

Then: lcs profile set default --tenant {tenant} --client-id APPLICATION-ID, and lcs login
"
    )
}
