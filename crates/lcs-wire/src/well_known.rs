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
