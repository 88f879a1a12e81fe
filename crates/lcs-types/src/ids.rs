//! GUID-shaped ids of Entra and LCS, each its own type, and the number of a project.
//!
//! GUIDs are accepted with and without dashes and in any case, because both forms occur in the
//! LCS API, sometimes in one document; they print lower-case with dashes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::randomness::Randomness;

/// A text that was meant to be an id is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {kind}")]
pub struct ParseIdError {
    /// What the text was meant to be, for example `environment id`.
    pub kind: &'static str,
    /// The text as given.
    pub text: String,
}

macro_rules! guid_id {
    ($(#[$meta:meta])* $name:ident, $kind:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with exactly these 128 bits.
            pub const fn from_u128(bits: u128) -> Self {
                Self(Uuid::from_u128(bits))
            }

            /// A new random (version 4) id.
            pub fn random(randomness: &dyn Randomness) -> Self {
                Self(crate::randomness::random_uuid(randomness))
            }

            /// The id as a UUID.
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_guid(text)
                    .map(Self)
                    .ok_or_else(|| ParseIdError { kind: $kind, text: text.to_owned() })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        /// A GUID in JSON Schema, whichever it is.
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "format": "uuid" })
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

/// Accepts `8-4-4-4-12` and 32 hex digits; braces and URNs are no form that LCS or Entra use.
fn parse_guid(text: &str) -> Option<Uuid> {
    match text.len() {
        32 | 36 => Uuid::try_parse(text).ok(),
        _ => None,
    }
}

guid_id!(
    /// A tenant (an Entra directory).
    TenantId,
    "tenant id"
);
guid_id!(
    /// The application (client) id of an application; not its object id.
    ClientId,
    "application (client) id"
);
guid_id!(
    /// The object id of a directory object: application, service principal, user.
    ObjectId,
    "object id"
);
guid_id!(
    /// The object id of a user.
    UserId,
    "user id"
);
guid_id!(
    /// The id of a delegated permission that a resource exposes.
    PermissionId,
    "permission id"
);
guid_id!(
    /// The id of a client secret or a certificate of an application; never the secret itself.
    CredentialId,
    "credential id"
);
guid_id!(
    /// A conditional access policy.
    ConditionalAccessPolicyId,
    "conditional access policy id"
);
guid_id!(
    /// A user's request that an administrator consents.
    ConsentRequestId,
    "consent request id"
);
guid_id!(
    /// A named location of conditional access.
    NamedLocationId,
    "named location id"
);
guid_id!(
    /// An LCS environment.
    EnvironmentId,
    "environment id"
);
guid_id!(
    /// One run of an operation, or one call of the API.
    OperationActivityId,
    "operation activity id"
);
guid_id!(
    /// An asset of the asset library; a database backup is one.
    AssetId,
    "asset id"
);
guid_id!(
    /// What ties the calls of one piece of work together across parties.
    CorrelationId,
    "correlation id"
);
guid_id!(
    /// One request as the server counts it.
    TraceId,
    "trace id"
);

impl UserId {
    /// The same id as that of a directory object, for a `principalId`.
    pub const fn as_object_id(self) -> ObjectId {
        ObjectId(self.0)
    }
}

/// The number of an LCS project.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct ProjectId(pub i64);

impl fmt::Display for ProjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ProjectId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<i64>() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err(ParseIdError {
                kind: "project id (a positive number)",
                text: text.to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_read_with_and_without_dashes_in_any_case_and_prints_one_way() {
        let dashed: EnvironmentId = "3F1F2A0E-7f0a-4a86-8c3c-6b2f0b6d1a11".parse().unwrap();
        let plain: EnvironmentId = "3f1f2a0e7f0a4a868c3c6b2f0b6d1a11".parse().unwrap();
        assert_eq!(dashed, plain);
        assert_eq!(dashed.to_string(), "3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11");
    }

    #[test]
    fn what_is_no_guid_is_refused_with_its_text() {
        for text in [
            "",
            "x",
            "{3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11}",
            "3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a1g",
        ] {
            let error = text.parse::<TenantId>().unwrap_err();
            assert_eq!(error.text, text);
        }
    }

    #[test]
    fn a_project_id_is_a_positive_number() {
        assert_eq!("4711".parse::<ProjectId>().unwrap(), ProjectId(4711));
        assert!("0".parse::<ProjectId>().is_err());
        assert!("-1".parse::<ProjectId>().is_err());
        assert!("abc".parse::<ProjectId>().is_err());
    }
}
