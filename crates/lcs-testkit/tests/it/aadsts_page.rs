//! `docs/aadsts.md`: the catalogue of refusals as a page.

use std::{collections::BTreeMap, fmt::Write as _};

use lcs_wire::entra::{
    Aadsts, ArticleStep,
    aadsts::{Evidence, Group, Reach, Row},
};

use crate::{
    documents,
    refusals::proofs::{Proof, proofs},
};

const HEAD: &str = "\
# Refusals: AADSTS numbers

What Microsoft Entra answers when it says no to a user of Lifecycle Services, what brings it about
and what to do. The local cloud answers the same; `lcs` explains such an answer by this table,
whoever gave it. Program logic should branch on `error`, then on `suberror`: Microsoft changes
numbers and texts.

Generated from `crates/lcs-wire/src/entra/aadsts/` by `cargo xtask docs`. Do not edit.

- *OAuth error*: at the token endpoint. Where the v1 endpoint or a redirect of the authorize
  endpoint has another one, it stands behind its name. `{…}` in a text is a value of the request.
- *Step*: of the article that went wrong. 1 registration, 2 permission and consent, 3 public client,
  4 token request; 0 is what the article takes for granted: account, tenant, policies.
- *Known*: R recorded from the service, D documented by Microsoft, O reported by users.
- *Proved by*: the test that provokes the answer over HTTP, or why the local cloud never gives it.
";

#[test]
fn the_page_of_refusals_is_the_catalogue() {
    documents::check("docs/aadsts.md", &page(&proofs()));
}

fn page(proofs: &BTreeMap<String, Proof>) -> String {
    let mut page = HEAD.to_owned();
    for group in Group::ALL {
        let rows = Aadsts::ALL
            .iter()
            .filter(|refusal| refusal.row().group == *group);
        let title = title(*group);
        write!(
            page,
            "\n## {title}\n\n\
             | number | text | OAuth error | HTTP | sub error | cause | step | what to do | known \
             | proved by |\n|---|---|---|---|---|---|---|---|---|---|\n"
        )
        .unwrap();
        for refusal in rows {
            let proof = proofs.get(&format!("{refusal:?}"));
            page.push_str(&line(&refusal.row(), proof));
        }
    }
    page
}

const fn title(group: Group) -> &'static str {
    match group {
        Group::Registration => "Registration and client",
        Group::Permission => "Resource, permission and consent",
        Group::Request => "Scope and shape of the request",
        Group::Account => "Account and session",
        Group::Policy => "Multifactor authentication, conditional access, risk",
        Group::Grant => "Codes, device codes, refresh tokens, assertions; failures that pass",
    }
}

fn line(row: &Row, proof: Option<&Proof>) -> String {
    let mut errors = format!("`{}`", row.error.as_str());
    if row.error_v1 != row.error {
        write!(errors, ", v1 `{}`", row.error_v1.as_str()).unwrap();
    }
    if row.error_authorize != row.error_v1 {
        write!(errors, ", authorize `{}`", row.error_authorize.as_str()).unwrap();
    }
    let cells = [
        format!("{}", row.code),
        escaped(row.text),
        errors,
        format!("{}", row.status),
        row.suberror
            .map_or_else(String::new, |suberror| format!("`{suberror}`")),
        escaped(row.cause),
        step(row.step).to_owned(),
        escaped(row.remedy),
        evidence(row.evidence).to_owned(),
        match (row.reach, proof) {
            (Reach::Explained(why), _) => format!("not answered: {}", escaped(why)),
            (Reach::Provoked, Some(proof)) => format!("[`{}`](../{})", proof.test, proof.file),
            (Reach::Provoked, None) => "no test".to_owned(),
        },
    ];
    format!("| {} |\n", cells.join(" | "))
}

const fn step(step: ArticleStep) -> &'static str {
    match step {
        ArticleStep::Account => "0",
        ArticleStep::Registration => "1",
        ArticleStep::Permission => "2",
        ArticleStep::PublicClient => "3",
        ArticleStep::TokenRequest => "4",
    }
}

const fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Recorded => "R",
        Evidence::Documented => "D",
        Evidence::Reported => "O",
    }
}

/// The text in a cell: not taken for another cell, nor for HTML.
fn escaped(text: &str) -> String {
    text.replace('<', "&lt;").replace('|', "\\|")
}

#[test]
fn a_cell_is_neither_html_nor_two_cells() {
    assert_eq!(escaped("https://<host>/ a|b"), "https://&lt;host>/ a\\|b");
}
