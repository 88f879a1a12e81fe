//! Who tokens say issued them.
//!
//! A local origin issues in its own name ([ADR 0004]). A sandbox is also asked under the names of
//! Microsoft's authorities, and there programs compare the issuer with what Microsoft would write;
//! such tokens say of themselves that they are local.
//!
//! [ADR 0004]: https://github.com/lcs-toolkit/lcs/blob/main/docs/adr/0004-local-issuer.md

use std::fmt::Display;

use lcs_tokens::{
    SigningKey,
    mint::{MintError, TokenVersion, mint},
};
use lcs_types::Secret;
use lcs_wire::{clouds::MicrosoftCloud, entra::Endpoint};
use serde::Serialize;

/// The issuer at this origin, which has no slash at the end, for a tenant or the placeholder of
/// one.
pub fn issuer(origin: &str, tenant: impl Display, endpoint: Endpoint) -> String {
    match (MicrosoftCloud::of_authority(origin), endpoint) {
        (None, Endpoint::V1) => format!("{origin}/{tenant}/"),
        (None, Endpoint::V2) => format!("{origin}/{tenant}/v2.0"),
        (Some(cloud), Endpoint::V1) => format!("{}/{tenant}/", cloud.v1_issuer),
        (Some(cloud), Endpoint::V2) => {
            format!("https://{}/{tenant}/v2.0", cloud.preferred_network)
        }
    }
}

/// Signs claims whose issuer is the one at this origin. Every token is made here, so that none of a
/// Microsoft name is without its mark.
pub(crate) fn mint_at(
    origin: &str,
    key: &SigningKey,
    version: TokenVersion,
    claims: &impl Serialize,
) -> Result<Secret, MintError> {
    mint(key, version, &IssuedClaims::at(origin, claims))
}

/// Claims, and beside them `xms_local` when the issuer is not a local name.
#[derive(Serialize)]
struct IssuedClaims<'claims, Claims> {
    #[serde(flatten)]
    claims: &'claims Claims,
    #[serde(skip_serializing_if = "Option::is_none")]
    xms_local: Option<bool>,
}

impl<'claims, Claims> IssuedClaims<'claims, Claims> {
    fn at(origin: &str, claims: &'claims Claims) -> Self {
        Self {
            claims,
            xms_local: MicrosoftCloud::of_authority(origin).map(|_| true),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_local_origin_issues_in_its_own_name_and_a_microsoft_one_as_its_cloud_does() {
        for (origin, v1, v2) in [
            (
                "https://localhost:8443",
                "https://localhost:8443/T/",
                "https://localhost:8443/T/v2.0",
            ),
            (
                "https://login.microsoftonline.com",
                "https://sts.windows.net/T/",
                "https://login.microsoftonline.com/T/v2.0",
            ),
            (
                "https://login.windows.net",
                "https://sts.windows.net/T/",
                "https://login.microsoftonline.com/T/v2.0",
            ),
            (
                "https://login.chinacloudapi.cn",
                "https://sts.chinacloudapi.cn/T/",
                "https://login.partner.microsoftonline.cn/T/v2.0",
            ),
        ] {
            assert_eq!(issuer(origin, "T", Endpoint::V1), v1);
            assert_eq!(issuer(origin, "T", Endpoint::V2), v2);
        }
    }

    #[test]
    fn only_a_token_with_a_microsoft_issuer_is_marked() {
        let claims = json!({ "oid": "x" });
        let written = |origin| serde_json::to_value(IssuedClaims::at(origin, &claims)).unwrap();
        assert_eq!(
            written("https://login.microsoftonline.us"),
            json!({ "oid": "x", "xms_local": true })
        );
        assert_eq!(written("https://localhost:8443"), claims);
    }
}
