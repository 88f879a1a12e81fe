//! Names that users type: user principal names, domains, backup names.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A text breaks the rules of the name it was meant to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {kind}: {reason}")]
pub struct NameError {
    /// What the text was meant to be.
    pub kind: &'static str,
    /// The text as given.
    pub text: String,
    /// The rule that it breaks.
    pub reason: &'static str,
}

/// The sign-in name of a user, `name@domain`; compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserPrincipalName(String);

impl UserPrincipalName {
    /// The name, lower-case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or("", |(local, _)| local)
    }

    /// The part behind the `@`.
    pub fn domain(&self) -> Domain {
        let domain = self.0.split_once('@').map_or("", |(_, domain)| domain);
        Domain(domain.to_owned())
    }
}

impl FromStr for UserPrincipalName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| NameError {
            kind: "user principal name",
            text: text.to_owned(),
            reason,
        };
        let lower = text.trim().to_lowercase();
        let (local, domain) = lower
            .split_once('@')
            .ok_or_else(|| refuse("it has no `@`"))?;
        if local.is_empty() || local.chars().any(char::is_whitespace) {
            return Err(refuse("the part before the `@` is empty or has blanks"));
        }
        domain
            .parse::<Domain>()
            .map_err(|error| refuse(error.reason))?;
        Ok(Self(lower))
    }
}

/// A DNS domain that belongs to a tenant, lower-case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// The domain, lower-case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Domain {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| NameError {
            kind: "domain",
            text: text.to_owned(),
            reason,
        };
        let lower = text.to_lowercase();
        if lower.len() > 253 || !lower.contains('.') {
            return Err(refuse(
                "a domain has at least two labels and at most 253 characters",
            ));
        }
        let label_is_legal = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if lower.split('.').all(label_is_legal) {
            Ok(Self(lower))
        } else {
            Err(refuse(
                "its labels are letters, digits and dashes, 1 to 63 characters each",
            ))
        }
    }
}

/// The name of a database backup: a path segment and a file name, so some characters are out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BackupName(String);

impl BackupName {
    /// The name without extension.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the file in the asset library.
    pub fn file_name(&self) -> String {
        format!("{}.bacpac", self.0)
    }
}

impl FromStr for BackupName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| NameError {
            kind: "backup name",
            text: text.to_owned(),
            reason,
        };
        let name = text.trim();
        if name.is_empty() {
            return Err(refuse("it is empty"));
        }
        if name.chars().count() > 100 {
            return Err(refuse("it has more than 100 characters"));
        }
        let forbidden = |c: char| c.is_control() || r#"/\?#%*:|"<>"#.contains(c);
        if name.chars().any(forbidden) {
            return Err(refuse(
                r#"it has a control character or one of / \ ? # % * : | " < >"#,
            ));
        }
        if name.starts_with('.') || name.ends_with('.') {
            return Err(refuse("it starts or ends with a dot"));
        }
        Ok(Self(name.to_owned()))
    }
}

macro_rules! text_conversions {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_conversions!(UserPrincipalName, Domain, BackupName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_principal_names_compare_without_case_and_know_their_domain() {
        let name: UserPrincipalName = "Svc-LCS@Contoso.com".parse().unwrap();
        assert_eq!(name, "svc-lcs@contoso.COM".parse().unwrap());
        assert_eq!(name.domain().as_str(), "contoso.com");
    }

    #[test]
    fn a_user_principal_name_needs_both_parts() {
        for text in [
            "",
            "anna",
            "@contoso.com",
            "anna@",
            "anna@contoso",
            "an na@contoso.com",
        ] {
            assert!(text.parse::<UserPrincipalName>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_backup_name_is_a_file_name_without_path_or_reserved_characters() {
        assert_eq!(
            "uat 2026-03".parse::<BackupName>().unwrap().file_name(),
            "uat 2026-03.bacpac"
        );
        for text in [
            "",
            " ",
            "a/b",
            r"a\b",
            "..",
            "a%2f",
            "a?b",
            "x\ny",
            &"n".repeat(101),
        ] {
            assert!(text.parse::<BackupName>().is_err(), "{text:?}");
        }
    }
}
