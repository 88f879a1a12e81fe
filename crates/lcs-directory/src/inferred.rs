//! What the service is believed to do although no document says so: each with a switch.
//!
//! Whoever learns better, from a real tenant or from Microsoft, turns the switch and has a local
//! cloud that is right again. The code that an answer decides says "inferred" where it stands.

use serde::{Deserialize, Serialize};

/// The answers to questions that Microsoft's documentation leaves open; by default those that
/// follow from what clients in use rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "questions that do not depend on each other"
)]
pub struct Inferences {
    /// `https://lcsapi.lcs.dynamics.com` means the application that lists
    /// `https://lcs.dynamics.com`: no name of LCS's API hosts is listed, and all clients ask for
    /// one. Off: 500011 for a host that is not listed.
    pub resources_by_parent_host: bool,
    /// LCS takes tokens of version 1.0, whatever the endpoint: Microsoft's other resources of that
    /// age do. Off: 2.0.
    pub lcs_tokens_are_v1: bool,
    /// The audience keeps the slash with which the article's `…com//.default` ends the resource.
    /// Off: the audience never ends with one.
    pub audience_keeps_slash: bool,
    /// A person may consent to `user_impersonation` of LCS, since the article offers that beside
    /// the administrator's consent. Off: only an administrator.
    pub users_consent_to_lcs: bool,
    /// An application gets a token of its own for LCS, which then refuses it: LCS defines no roles
    /// and demands no assignment. Off: 501051.
    pub lcs_issued_to_applications: bool,
    /// `openid`, `profile`, `email`, `offline_access` are recorded as grants on Microsoft Graph
    /// when a person accepts. Off: not recorded.
    pub sign_in_scopes_recorded: bool,
    /// Whether the public client switch is on is asked before whether the password is right. Off:
    /// after.
    pub switch_before_password: bool,
    /// Renewing what a password or a device code led to needs the public client switch again. Off:
    /// it does not.
    pub renewal_needs_switch: bool,
    /// A public client that sends a good secret with a password is believed to be confidential.
    /// Off: 700025.
    pub secret_beside_switch: bool,
    /// Security defaults refuse the password grant of administrators with 530035. Off: with 50076
    /// or 50079, as that of everybody else.
    pub security_defaults_refuse_administrators: bool,
}

impl Default for Inferences {
    fn default() -> Self {
        Self {
            resources_by_parent_host: true,
            lcs_tokens_are_v1: true,
            audience_keeps_slash: true,
            users_consent_to_lcs: true,
            lcs_issued_to_applications: true,
            sign_in_scopes_recorded: true,
            switch_before_password: true,
            renewal_needs_switch: true,
            secret_beside_switch: true,
            security_defaults_refuse_administrators: true,
        }
    }
}
