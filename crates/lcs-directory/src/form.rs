//! The parameters of a request to the token or device code endpoint.

use std::fmt;

use lcs_types::Secret;
use lcs_wire::entra::{Aadsts, aadsts::Refusal};

/// Form parameters in their order, each name once. Values do not print.
#[derive(Clone, Default)]
pub struct Form(Vec<(String, Secret)>);

impl Form {
    /// Takes decoded parameters.
    ///
    /// # Errors
    ///
    /// AADSTS90013 when a name is there twice: which value counts would be a guess.
    pub fn new<Name, Value>(pairs: impl IntoIterator<Item = (Name, Value)>) -> Result<Self, Refusal>
    where
        Name: Into<String>,
        Value: Into<String>,
    {
        let mut form = Self::default();
        for (name, value) in pairs {
            let name = name.into();
            if form.0.iter().any(|(known, _)| *known == name) {
                return Err(Aadsts::InvalidInput.into());
            }
            form.0.push((name, Secret::new(value.into())));
        }
        Ok(form)
    }

    /// Adds the client id and the secret of HTTP Basic (RFC 6749 §2.3.1).
    ///
    /// # Errors
    ///
    /// AADSTS90013 when the parameters name another client, or prove who it is themselves: which
    /// counts would be a guess.
    pub fn with_basic(mut self, client_id: &str, secret: Secret) -> Result<Self, Refusal> {
        let is_same = self
            .text("client_id")
            .is_none_or(|known| known == client_id);
        let has_proof = ["client_secret", "client_assertion"]
            .iter()
            .any(|name| self.secret(name).is_some());
        if !is_same || has_proof {
            return Err(Aadsts::InvalidInput.into());
        }
        self.0
            .retain(|(name, _)| name != "client_id" && name != "client_secret");
        self.0
            .push(("client_id".to_owned(), Secret::new(client_id)));
        self.0.push(("client_secret".to_owned(), secret));
        Ok(self)
    }

    /// A parameter; an empty one counts as missing.
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
            .filter(|value| !value.expose().trim().is_empty())
    }

    /// A parameter that need not be kept secret; an empty one counts as missing.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.secret(name).map(Secret::expose)
    }

    /// Whether a parameter is there without a value.
    pub fn is_blank(&self, name: &str) -> bool {
        self.secret(name).is_none() && self.0.iter().any(|(known, _)| known == name)
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    ///
    /// AADSTS900144 with its name.
    pub fn require(&self, name: &str) -> Result<&str, Refusal> {
        self.require_secret(name).map(Secret::expose)
    }

    /// A secret parameter that must be there.
    ///
    /// # Errors
    ///
    /// AADSTS900144 with its name.
    pub fn require_secret(&self, name: &str) -> Result<&Secret, Refusal> {
        self.secret(name)
            .ok_or_else(|| Refusal::new(Aadsts::MissingParameter).with("parameter", name))
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_stand_once_and_an_empty_value_is_missing() {
        let form = Form::new([("scope", "openid"), ("username", "")]).unwrap();
        assert_eq!(form.text("scope"), Some("openid"));
        let refusal = form.require("username").unwrap_err();
        assert!(refusal.text().contains("'username'"));
        let twice = Form::new([("a", "1"), ("a", "1")]).unwrap_err();
        assert_eq!(twice.aadsts, Aadsts::InvalidInput);
    }

    #[test]
    fn basic_names_the_client_when_the_parameters_do_not_say_otherwise() {
        let basic = |pairs: &[(&str, &str)]| {
            let form = Form::new(pairs.iter().copied()).unwrap();
            form.with_basic("a", Secret::new("s"))
        };
        for pairs in [&[][..], &[("client_id", "a")], &[("client_id", "")]] {
            let form = basic(pairs).unwrap();
            assert_eq!(form.text("client_id"), Some("a"));
            assert_eq!(form.text("client_secret"), Some("s"));
        }
        for pair in [
            ("client_id", "b"),
            ("client_secret", "s"),
            ("client_assertion", "x"),
        ] {
            assert_eq!(basic(&[pair]).unwrap_err().aadsts, Aadsts::InvalidInput);
        }
    }

    #[test]
    fn values_do_not_print() {
        let form = Form::new([("password", "CANARY")]).unwrap();
        assert!(!format!("{form:?}").contains("CANARY"));
    }
}
