//! Application permissions of Microsoft's own resources: roles that applications can have.

use lcs_types::PermissionId;
use lcs_wire::graph::AppRole;

/// An application permission.
#[derive(Debug, Clone, Copy)]
pub(super) struct ApplicationPermission {
    id: u128,
    value: &'static str,
    title: &'static str,
}

impl ApplicationPermission {
    pub(super) fn app_role(&self) -> AppRole {
        AppRole {
            id: PermissionId::from_u128(self.id),
            value: Some(self.value.to_owned()),
            allowed_member_types: vec!["Application".to_owned()],
            is_enabled: true,
            display_name: self.title.to_owned(),
            description: Some(format!("{}, without a signed-in user.", self.title)),
        }
    }
}

const fn permission(id: u128, value: &'static str, title: &'static str) -> ApplicationPermission {
    ApplicationPermission { id, value, title }
}

/// Of Microsoft Graph ("Microsoft Graph permissions reference").
pub(super) const GRAPH: &[ApplicationPermission] = &[
    permission(
        0x1bfe_fb4e_e0b5_418b_a88f_73c4_6d2c_c8e9,
        "Application.ReadWrite.All",
        "Read and write all applications",
    ),
    permission(
        0x9a5d_68dd_52b0_4cc2_bd40_abcf_44ac_3a30,
        "Application.Read.All",
        "Read all applications",
    ),
    permission(
        0x7ab1_d382_f21e_4acd_a863_ba3e_13f7_da61,
        "Directory.Read.All",
        "Read directory data",
    ),
    permission(
        0x19db_c75e_c2e2_444c_a770_ec69_d855_9fc7,
        "Directory.ReadWrite.All",
        "Read and write directory data",
    ),
    permission(
        0xdf02_1288_bdef_4463_88db_98f2_2de8_9214,
        "User.Read.All",
        "Read all users' full profiles",
    ),
    permission(
        0x9723_5f07_e226_4f63_ace3_3958_8e11_d3a1,
        "User.ReadBasic.All",
        "Read all users' basic profiles",
    ),
    permission(
        0x741f_803b_c850_494e_b5df_cde7_c675_a1ca,
        "User.ReadWrite.All",
        "Read and write all users' full profiles",
    ),
    permission(
        0x3011_c876_62b7_4ada_afa2_506c_bbec_c68c,
        "User.EnableDisableAccount.All",
        "Enable and disable user accounts",
    ),
    permission(
        0xcc11_7bb9_00cf_4eb8_b580_ea2a_878f_e8f7,
        "User-PasswordProfile.ReadWrite.All",
        "Reset passwords",
    ),
    permission(
        0xeccc_023d_eccf_4e7b_9683_8813_ab36_cecc,
        "User.DeleteRestore.All",
        "Delete and restore user accounts",
    ),
    permission(
        0x77f3_a031_c388_4f99_b373_dc68_676a_979e,
        "User.RevokeSessions.All",
        "Revoke all sign-in sessions of a user",
    ),
    permission(
        0x38d9_df27_64da_44fd_b7c5_a6fb_ac20_248f,
        "UserAuthenticationMethod.Read.All",
        "Read all users' authentication methods",
    ),
    permission(
        0x5048_3e42_d915_4231_9639_7fdb_7fd1_90e5,
        "UserAuthenticationMethod.ReadWrite.All",
        "Read and write all users' authentication methods",
    ),
    permission(
        0x4984_76ce_e0fe_48b0_b801_37ba_7e26_85c6,
        "Organization.Read.All",
        "Read organization information",
    ),
    permission(
        0xdbb9_058a_0e50_45d7_ae91_6690_9b5d_4664,
        "Domain.Read.All",
        "Read domains",
    ),
    permission(
        0x06b7_08a9_e830_4db3_a914_8e69_da51_d44f,
        "AppRoleAssignment.ReadWrite.All",
        "Manage app role assignments",
    ),
    permission(
        0x81b4_724a_58aa_41c1_8a55_84ef_9746_6587,
        "DelegatedPermissionGrant.Read.All",
        "Read delegated permission grants",
    ),
    permission(
        0x8e8e_4742_1d95_4f68_9d56_6ee7_5648_c72a,
        "DelegatedPermissionGrant.ReadWrite.All",
        "Manage all delegated permission grants",
    ),
    permission(
        0x1260_ad83_98fb_4785_abbb_d6cc_1806_fd41,
        "ConsentRequest.Read.All",
        "Read consent requests",
    ),
    permission(
        0x246d_d0d5_5bd0_4def_940b_0421_030a_5b68,
        "Policy.Read.All",
        "Read the organization's policies",
    ),
    permission(
        0x3773_0810_e9ba_4e46_b07e_8ca7_8d18_2097,
        "Policy.Read.ConditionalAccess",
        "Read conditional access policies",
    ),
    permission(
        0x01c0_a623_fc9b_48e9_b794_0756_f8e8_f067,
        "Policy.ReadWrite.ConditionalAccess",
        "Read and write conditional access policies",
    ),
    permission(
        0xfb22_1be6_99f2_473f_bd32_01c6_a0e9_ca3b,
        "Policy.ReadWrite.Authorization",
        "Read and write the authorization policy",
    ),
    permission(
        0x1c6e_93a6_28e2_4cbb_9f64_1a46_a821_124d,
        "Policy.ReadWrite.SecurityDefaults",
        "Read and write security defaults",
    ),
    permission(
        0xb0af_ded3_3588_46d8_8b3d_9842_eff7_78da,
        "AuditLog.Read.All",
        "Read audit log data",
    ),
];
