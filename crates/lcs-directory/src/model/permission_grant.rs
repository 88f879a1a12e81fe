//! Permission grants: what consent creates and token issuance asks for.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lcs_types::{ObjectId, TenantId, UserId};
use lcs_wire::graph::ConsentType;

/// What a client may do on a resource, for everybody or for one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionGrant {
    /// The tenant.
    pub tenant: TenantId,
    /// The client's service principal.
    pub client: ObjectId,
    /// The resource's service principal.
    pub resource: ObjectId,
    /// The user, or nobody in particular when an administrator granted it for all.
    pub principal: Option<UserId>,
    /// The granted values, without repetition.
    pub values: Vec<String>,
}

impl PermissionGrant {
    /// Its id, which follows from what it connects.
    pub fn id(&self) -> PermissionGrantId {
        PermissionGrantId::of(self.client, self.resource, self.principal)
    }

    /// Whose consent it records.
    pub const fn consent_type(&self) -> ConsentType {
        match self.principal {
            None => ConsentType::AllPrincipals,
            Some(_) => ConsentType::Principal,
        }
    }

    /// Whether it counts for this user.
    pub fn counts_for(&self, user: UserId) -> bool {
        self.principal.is_none_or(|principal| principal == user)
    }

    /// The values as they stand in `scope`.
    pub fn scope(&self) -> String {
        self.values.join(" ")
    }
}

/// The words of a `scope`, each once, in their order.
pub fn scope_values(scope: &str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for word in scope.split_whitespace() {
        if !values.iter().any(|value| value == word) {
            values.push(word.to_owned());
        }
    }
    values
}

/// The id of a grant: base64url of the little-endian bytes of client, resource and principal, as
/// the service's ids decode.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PermissionGrantId(String);

impl PermissionGrantId {
    /// The id of the grant that connects these.
    pub fn of(client: ObjectId, resource: ObjectId, principal: Option<UserId>) -> Self {
        let mut bytes = Vec::with_capacity(48);
        bytes.extend(client.as_uuid().to_bytes_le());
        bytes.extend(resource.as_uuid().to_bytes_le());
        if let Some(principal) = principal {
            bytes.extend(principal.as_uuid().to_bytes_le());
        }
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// An id as a caller gives it.
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PermissionGrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_length_that_the_service_gives_it_and_little_endian_bytes() {
        let client: ObjectId = "04030201-0605-0807-090a-0b0c0d0e0f10".parse().unwrap();
        let all = PermissionGrantId::of(client, client, None);
        assert_eq!(all.as_str().len(), 43);
        assert!(all.as_str().starts_with("AQIDBAUGBwgJCgsMDQ4PEA"));
        let one = PermissionGrantId::of(client, client, Some(UserId::from_u128(1)));
        assert_eq!(one.as_str().len(), 64);
    }

    #[test]
    fn repeated_words_count_once() {
        assert_eq!(scope_values(" b a  b "), ["b", "a"]);
    }
}
