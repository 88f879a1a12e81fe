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
        0xdf02_1288_bdef_4463_88db_98f2_2de8_9214,
        "User.Read.All",
        "Read all users' full profiles",
    ),
];
