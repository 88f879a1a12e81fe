//! `lcs token`: a valid access token for scripts, or its claims explained.

use std::io::Read as _;

use jiff::Timestamp;
use lcs_diagnosis::token::{self, Expected, Verdict};
use lcs_signin::TokenSource as _;
use lcs_types::{Clock as _, Secret, SystemClock, TenantId};
use lcs_wire::entra::unverified;
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

/// Longer than any token.
const LONGEST_TOKEN: u64 = 256 * 1024;

pub(super) async fn run(context: &Context, args: TokenArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let expected = Expected {
        resource: connection
            .resource()
            .ok()
            .map(|resource| resource.as_str().to_owned()),
        tenant: connection
            .authority()
            .ok()
            .and_then(|authority| authority.tenant().parse::<TenantId>().ok())
            .map(|tenant| tenant.to_string()),
        client_id: connection.client_id().ok(),
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
            meaning: token::meaning(name),
            verdict: said(&token::verdict(name, &token.claims, expected)),
        })
        .chain(missing_scope(&token.claims, expected))
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

/// What is said of a claim, and what to do about it.
fn said(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Good => Some("good".to_owned()),
        Verdict::Bad(finding) => Some(format!("wrong: {finding}; {}", finding.remedy())),
        Verdict::None => None,
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    Timestamp::from_second(value.as_i64()?).ok()
}

/// An application's own token has no `scp`, and that is what is wrong with it.
fn missing_scope(claims: &Map<String, Value>, expected: &Expected) -> Option<ExplainedClaim> {
    (!claims.contains_key("scp")).then(|| ExplainedClaim {
        claim: "scp".to_owned(),
        value: Value::Null,
        meaning: token::meaning("scp"),
        verdict: said(&token::verdict("scp", claims, expected)),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_the_remedy() {
        let expected = Expected {
            resource: Some("https://lcsapi.eu.lcs.dynamics.com".to_owned()),
            tenant: None,
            client_id: None,
            now: Timestamp::UNIX_EPOCH,
        };
        let claims = json!({ "aud": "https://lcsapi.lcs.dynamics.com/" });
        let claims = claims.as_object().unwrap();
        let said = said(&token::verdict("aud", claims, &expected)).unwrap();
        assert!(
            said.starts_with("wrong: the token is for the LCS of us"),
            "{said}"
        );
        assert!(said.contains("https://lcsapi.eu.lcs.dynamics.com//.default"));
        let scope = missing_scope(claims, &expected).unwrap().verdict.unwrap();
        assert!(scope.contains("application itself"), "{scope}");
    }

    #[test]
    fn instants_are_readable() {
        assert_eq!(readable("exp", &json!(0)), json!("1970-01-01T00:00:00Z"));
        assert_eq!(readable("ver", &json!("1.0")), json!("1.0"));
    }
}
