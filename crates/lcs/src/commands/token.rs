//! `lcs token`: a valid access token for scripts, or its claims explained.

use jiff::Timestamp;
use lcs_signin::TokenSource as _;
use lcs_wire::{entra::unverified, well_known::USER_IMPERSONATION};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Context, signed_in::session};
use crate::{
    args::{TokenArgs, TokenFormat},
    config::Connection,
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown},
};

#[derive(Debug, Serialize)]
struct ExplainedClaim {
    claim: String,
    value: Value,
    meaning: &'static str,
    verdict: Option<String>,
}

impl Shown for ExplainedClaim {
    const COLUMNS: &'static [Column] = &[
        ("Claim", "claim"),
        ("Value", "value"),
        ("Meaning", "meaning"),
        ("Verdict", "verdict"),
    ];
}

/// What the claims mean ("Access token claims reference").
const MEANINGS: &[(&str, &str)] = &[
    ("aud", "the resource that the token is for"),
    ("iss", "who issued it"),
    ("tid", "the tenant"),
    ("appid", "the application that asked"),
    (
        "appidacr",
        "how the application proved itself; 0: public client",
    ),
    ("upn", "the user's sign-in name"),
    ("unique_name", "the user's name for display"),
    ("name", "the user's name for display"),
    ("given_name", "the user's first name"),
    ("family_name", "the user's last name"),
    ("oid", "the user's object id"),
    ("scp", "the delegated permissions"),
    ("roles", "application permissions; LCS has none"),
    ("amr", "how the user signed in"),
    ("acr", "the class of the sign-in"),
    ("iat", "when it was issued"),
    ("nbf", "from when it is valid"),
    ("exp", "until when it is valid"),
    ("ipaddr", "where the user signed in from"),
    ("sub", "the user, as this application sees them"),
    ("uti", "the id of the token, for the sign-in log"),
    ("ver", "the version of the token's form"),
    ("wids", "the user's directory roles"),
    ("idtyp", "whether a user or an application stands behind it"),
];

pub(super) async fn run(context: &Context, args: TokenArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let session = session(context, &connection, connection.username()?)?;
    let token = session.token().await?;
    if args.decode {
        return explain(token.secret.expose(), &connection);
    }
    let secret = token.secret.expose();
    Ok(Report::Text(
        match args.format.unwrap_or(TokenFormat::Raw) {
            TokenFormat::Raw => format!("{secret}\n"),
            TokenFormat::Header => format!("Authorization: Bearer {secret}\n"),
            TokenFormat::Env => format!("export LCS_ACCESS_TOKEN={secret}\n"),
            TokenFormat::Json => {
                let object = serde_json::json!({
                    "token_type": "Bearer", "access_token": secret, "expires_at": token.expires_at,
                });
                format!("{object}\n")
            }
        },
    ))
}

fn explain(token: &str, connection: &Connection) -> Result<Report, Diagnostic> {
    let token = unverified::read(token).map_err(|error| Diagnostic::of(Code::NotAToken, &error))?;
    let resource = connection.resource()?.as_str().to_owned();
    let client = connection.client_id()?.to_string();
    let claims: Vec<ExplainedClaim> = token
        .claims
        .iter()
        .map(|(name, value)| ExplainedClaim {
            claim: name.clone(),
            value: readable(name, value),
            meaning: MEANINGS
                .iter()
                .find(|(known, _)| known == name)
                .map_or("not relied on", |(_, meaning)| meaning),
            verdict: verdict(name, value, &resource, &client),
        })
        .chain(missing_scope(&token.claims))
        .collect();
    Ok(Report::list(&claims, "the token has no claims"))
}

/// Instants as people read them.
fn readable(name: &str, value: &Value) -> Value {
    let instant = ["iat", "nbf", "exp"]
        .contains(&name)
        .then(|| {
            value
                .as_i64()
                .and_then(|at| Timestamp::from_second(at).ok())
        })
        .flatten();
    instant.map_or_else(|| value.clone(), |at| Value::String(at.to_string()))
}

/// What can be said of a claim; the server decides, with the signature.
fn verdict(name: &str, value: &Value, resource: &str, client: &str) -> Option<String> {
    let text = value.as_str().unwrap_or_default();
    let bare = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
    let wrong = match name {
        "aud" if bare(text) != bare(resource) => {
            format!("wrong: the profile's resource is {resource}")
        }
        "appid" if !text.eq_ignore_ascii_case(client) => {
            format!("unexpected: the profile's client id is {client}")
        }
        "scp"
            if !text
                .split_ascii_whitespace()
                .any(|scope| scope == USER_IMPERSONATION) =>
        {
            format!("wrong: LCS wants {USER_IMPERSONATION}")
        }
        "idtyp" if text == "app" => "wrong: LCS acts only for users".to_owned(),
        "aud" | "appid" | "scp" => return Some("good".to_owned()),
        _ => return None,
    };
    Some(wrong)
}

/// An application's own token has no `scp`.
fn missing_scope(claims: &Map<String, Value>) -> Option<ExplainedClaim> {
    (!claims.contains_key("scp")).then(|| ExplainedClaim {
        claim: "scp".to_owned(),
        value: Value::Null,
        meaning: "the delegated permissions",
        verdict: Some(
            "missing: the token belongs to an application itself; LCS acts only for users"
                .to_owned(),
        ),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn verdicts_name_what_lcs_would_refuse() {
        let judge = |name, value: Value| {
            verdict(name, &value, "https://lcsapi.lcs.dynamics.com", "c").unwrap_or_default()
        };
        assert_eq!(
            judge("aud", json!("https://lcsapi.lcs.dynamics.com/")),
            "good"
        );
        assert!(judge("aud", json!("https://lcsapi.eu.lcs.dynamics.com/")).starts_with("wrong"));
        assert_eq!(judge("scp", json!("x user_impersonation")), "good");
        assert!(judge("scp", json!("User.Read")).starts_with("wrong"));
        assert!(judge("idtyp", json!("app")).starts_with("wrong"));
        assert!(missing_scope(&Map::new()).is_some());
    }

    #[test]
    fn instants_are_readable() {
        assert_eq!(readable("exp", &json!(0)), json!("1970-01-01T00:00:00Z"));
        assert_eq!(readable("ver", &json!("1.0")), json!("1.0"));
    }
}
