//! `lcs token`: a valid access token for scripts, or its claims explained.

use std::io::Read as _;

use jiff::Timestamp;
use lcs_signin::TokenSource as _;
use lcs_types::{Clock as _, Secret, SystemClock};
use lcs_wire::{entra::unverified, well_known::USER_IMPERSONATION};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Context, signed_in::session};
use crate::{
    args::{TokenArgs, TokenFormat},
    diagnostic::{Code, Diagnostic},
    output::{Column, OutputFormat, Report, Shown},
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
    ("azp", "the application that asked"),
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

/// Longer than any token.
const LONGEST_TOKEN: u64 = 256 * 1024;

/// What a token is compared with. A token from elsewhere may be looked at without any settings.
#[derive(Debug)]
struct Expected {
    resource: Option<String>,
    client_id: Option<String>,
    now: Timestamp,
}

pub(super) async fn run(context: &Context, args: TokenArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let expected = Expected {
        resource: connection
            .resource()
            .ok()
            .map(|resource| resource.as_str().to_owned()),
        client_id: connection.client_id().ok().map(|id| id.to_string()),
        now: SystemClock.now(),
    };
    if args.stdin {
        return explain(given_token()?.expose(), &expected);
    }
    let session = session(context, &connection, connection.username()?)?;
    let token = session.token().await?;
    if args.decode {
        return explain(token.secret.expose(), &expected);
    }
    let secret = token.secret.expose();
    // Scripts set `LCS_OUTPUT` for everything else they call; only the flag is meant for us.
    let format = args.format.unwrap_or(match context.asked_form {
        Some(OutputFormat::Json) => TokenFormat::Json,
        Some(OutputFormat::Table | OutputFormat::Yaml | OutputFormat::Tsv) | None => {
            TokenFormat::Raw
        }
    });
    Ok(Report::Text(match format {
        TokenFormat::Raw => format!("{secret}\n"),
        TokenFormat::Header => format!("Authorization: Bearer {secret}\n"),
        TokenFormat::Env => format!("export LCS_ACCESS_TOKEN={secret}\n"),
        TokenFormat::Json => {
            let object = serde_json::json!({
                "token_type": "Bearer", "access_token": secret, "expires_at": token.expires_at,
            });
            format!("{object}\n")
        }
    }))
}

/// The token on standard input; a header's `Bearer` may stand before it.
fn given_token() -> Result<Secret, Diagnostic> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(LONGEST_TOKEN)
        .read_to_string(&mut text)
        .map_err(|error| {
            Diagnostic::new(Code::File, "could not read standard input").caused_by(&error)
        })?;
    let last_word = text.split_whitespace().next_back().unwrap_or_default();
    Ok(Secret::new(last_word))
}

fn explain(token: &str, expected: &Expected) -> Result<Report, Diagnostic> {
    let token = unverified::read(token).map_err(|error| Diagnostic::of(Code::NotAToken, &error))?;
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
            verdict: verdict(name, &token.claims, expected),
        })
        .chain(missing_scope(&token.claims))
        .collect();
    Ok(Report::list(&claims, "the token has no claims"))
}

/// Instants as people read them.
fn readable(name: &str, value: &Value) -> Value {
    ["iat", "nbf", "exp"]
        .contains(&name)
        .then(|| instant(value))
        .flatten()
        .map_or_else(|| value.clone(), |at| Value::String(at.to_string()))
}

/// What can be said of a claim; the server decides, with the signature.
fn verdict(name: &str, claims: &Map<String, Value>, expected: &Expected) -> Option<String> {
    let value = claims.get(name)?;
    let text = value.as_str().unwrap_or_default();
    let wrong = match name {
        "aud" => expected
            .resource
            .as_deref()
            .filter(|resource| bare(text) != bare(resource))
            .map(|resource| format!("wrong: the resource is {resource}")),
        "appid" | "azp" => expected
            .client_id
            .as_deref()
            .filter(|client| !text.eq_ignore_ascii_case(client))
            .map(|client| format!("wrong: the client id is {client}")),
        "scp" => (!text.split(' ').any(|scope| scope == USER_IMPERSONATION))
            .then(|| format!("wrong: LCS wants {USER_IMPERSONATION}")),
        "iss" => claims
            .get("tid")
            .and_then(Value::as_str)
            .filter(|tenant| !text.contains(tenant))
            .map(|tenant| format!("wrong: it is not that of tenant {tenant}")),
        "exp" => instant(value)
            .filter(|end| *end <= expected.now)
            .map(|_| "wrong: it has expired".to_owned()),
        "nbf" => instant(value)
            .filter(|start| *start > expected.now)
            .map(|_| "wrong: it is not valid yet".to_owned()),
        "idtyp" => (text == "app").then(|| "wrong: LCS acts only for users".to_owned()),
        _ => return None,
    };
    let is_judged = match name {
        "aud" => expected.resource.is_some(),
        "appid" | "azp" => expected.client_id.is_some(),
        _ => true,
    };
    wrong.or_else(|| is_judged.then(|| "good".to_owned()))
}

/// Without the slash at the end, in which the resource's spellings differ.
fn bare(text: &str) -> String {
    text.trim_end_matches('/').to_ascii_lowercase()
}

fn instant(value: &Value) -> Option<Timestamp> {
    Timestamp::from_second(value.as_i64()?).ok()
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
        let expected = Expected {
            resource: Some("https://lcsapi.lcs.dynamics.com".to_owned()),
            client_id: Some("c".to_owned()),
            now: Timestamp::from_second(1000).unwrap(),
        };
        let judge = |name: &str, value: Value| {
            let claims = json!({ "tid": "t-1", name: value });
            verdict(name, claims.as_object().unwrap(), &expected).unwrap_or_default()
        };
        for (name, good, wrong) in [
            (
                "aud",
                json!("https://lcsapi.lcs.dynamics.com/"),
                json!("https://lcsapi.eu.lcs.dynamics.com/"),
            ),
            ("scp", json!("x user_impersonation"), json!("User.Read")),
            ("idtyp", json!("user"), json!("app")),
            ("appid", json!("C"), json!("d")),
            ("exp", json!(1001), json!(1000)),
            ("nbf", json!(1000), json!(1001)),
            (
                "iss",
                json!("https://sts.windows.net/t-1/"),
                json!("https://sts.windows.net/t-2/"),
            ),
        ] {
            assert_eq!(judge(name, good), "good", "{name}");
            assert!(judge(name, wrong).starts_with("wrong: "), "{name}");
        }
        assert!(missing_scope(&Map::new()).is_some());
    }

    #[test]
    fn nothing_is_said_of_what_there_is_nothing_to_compare_with() {
        let expected = Expected {
            resource: None,
            client_id: None,
            now: Timestamp::UNIX_EPOCH,
        };
        let claims = json!({ "aud": "x", "appid": "y", "name": "Anna" });
        for name in ["aud", "appid", "name", "absent"] {
            assert_eq!(verdict(name, claims.as_object().unwrap(), &expected), None);
        }
    }

    #[test]
    fn instants_are_readable() {
        assert_eq!(readable("exp", &json!(0)), json!("1970-01-01T00:00:00Z"));
        assert_eq!(readable("ver", &json!("1.0")), json!("1.0"));
    }
}
