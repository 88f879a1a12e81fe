//! The grants that are measured, as requests.

use anyhow::{Context, Result};
use reqwest::Client;
use serde::Serialize;
use serde_json::Value;

use crate::cloud::{Setup, text};

const SCOPE: &str = "https://lcsapi.lcs.dynamics.com//.default";

/// A grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grant {
    /// One refresh token, used again and again as Entra allows.
    RefreshToken,
    /// An application's own token by its secret.
    ClientCredentials,
    /// User name and password.
    Password,
}

impl Grant {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::RefreshToken, Self::ClientCredentials, Self::Password];

    /// The name for people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::RefreshToken => "refresh token",
            Self::ClientCredentials => "client credentials",
            Self::Password => "password",
        }
    }

    /// The form of the request, which may be sent many times.
    pub(crate) async fn form(self, http: &Client, setup: &Setup) -> Result<Form> {
        let own = |pairs: &[(&str, &str)]| -> Form {
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            pairs.iter().map(owned).collect()
        };
        let password = [
            ("client_id", setup.client_id.as_str()),
            ("grant_type", "password"),
            ("username", &setup.user_name),
            ("password", &setup.password),
        ];
        Ok(match self {
            Self::Password => {
                let mut form = own(&password);
                form.push(("scope".to_owned(), SCOPE.to_owned()));
                form
            }
            Self::ClientCredentials => own(&[
                ("client_id", &setup.client_id),
                ("grant_type", "client_credentials"),
                ("client_secret", &setup.client_secret),
                ("scope", SCOPE),
            ]),
            Self::RefreshToken => {
                let mut form = own(&password);
                form.push(("scope".to_owned(), format!("{SCOPE} offline_access")));
                let answer = request(http, setup, &form).await?;
                let token = text(&answer, "refresh_token")?;
                own(&[
                    ("client_id", &setup.client_id),
                    ("grant_type", "refresh_token"),
                    ("refresh_token", &token),
                    ("scope", SCOPE),
                ])
            }
        })
    }
}

/// A form's fields.
pub(crate) type Form = Vec<(String, String)>;

/// Sends a token request; anything but a token is an error.
pub(crate) async fn request(http: &Client, setup: &Setup, form: &Form) -> Result<Value> {
    let answer = http.post(&setup.token_url).form(form).send().await?;
    let status = answer.status();
    let answer: Value = answer.json().await?;
    let is_token = answer["access_token"].is_string();
    is_token
        .then_some(())
        .with_context(|| format!("{status}: {}", answer["error_description"]))?;
    Ok(answer)
}
