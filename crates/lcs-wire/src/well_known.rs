//! Ids and names that Microsoft fixed, the same in every tenant.

use lcs_types::{ClientId, PermissionId};

/// The application id of *Dynamics Lifecycle services*.
pub const LCS_CLIENT_ID: ClientId = ClientId::from_u128(0x913c_6de4_2a4a_4a61_a9ce_945d_2b2c_e2e0);
/// The display name of the LCS resource; note the lower-case "services".
pub const LCS_DISPLAY_NAME: &str = "Dynamics Lifecycle services";
/// The value of the only delegated permission of LCS.
pub const USER_IMPERSONATION: &str = "user_impersonation";
/// The id of the delegated permission `user_impersonation` of LCS.
pub const LCS_USER_IMPERSONATION_ID: PermissionId =
    PermissionId::from_u128(0xa873_7248_d2c2_4a7c_9759_3dfa_ad5c_2f19);
/// The resource identifier of LCS in the United States, without trailing slash.
pub const LCS_RESOURCE: &str = "https://lcsapi.lcs.dynamics.com";

/// The application id of Microsoft Graph.
pub const GRAPH_CLIENT_ID: ClientId =
    ClientId::from_u128(0x0000_0003_0000_0000_c000_0000_0000_0000);
/// The resource identifier of Microsoft Graph in the public cloud.
pub const GRAPH_RESOURCE: &str = "https://graph.microsoft.com";

/// The application id of the *Power Platform API*.
pub const POWER_PLATFORM_CLIENT_ID: ClientId =
    ClientId::from_u128(0x8578_e004_a5c6_46e7_913e_12f5_8912_df43);

/// *Microsoft Graph Command Line Tools*: a public client that stands in every tenant.
pub const GRAPH_COMMAND_LINE_CLIENT_ID: ClientId =
    ClientId::from_u128(0x14d8_2eec_204b_4c2f_b7e8_296a_70da_b67e);
/// *Azure CLI*.
pub const AZURE_CLI_CLIENT_ID: ClientId =
    ClientId::from_u128(0x04b0_7795_8ddb_461a_bbee_02f9_e1bf_7b46);

/// Microsoft's own clients that people try for LCS: they are never preauthorised for it, so that
/// Entra refuses with 65002, and nobody can consent to them.
pub const NEVER_FOR_LCS: [(ClientId, &str); 4] = [
    (
        GRAPH_COMMAND_LINE_CLIENT_ID,
        "Microsoft Graph Command Line Tools",
    ),
    (AZURE_CLI_CLIENT_ID, "Azure CLI"),
    (
        ClientId::from_u128(0x1950_a258_227b_4e31_a9cf_7174_9594_5fc2),
        "Azure PowerShell",
    ),
    (
        ClientId::from_u128(0xaebc_6443_996d_45c2_90f0_388f_f96f_aa56),
        "Visual Studio Code",
    ),
];
