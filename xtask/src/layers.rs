//! Which crate may depend on which, and which packages may not be built at all.
//!
//! The tables here are the rule; everything below them only compares.

use anyhow::{Result, bail};

use crate::graph::{self, Arrow, Package, Purpose, Workspace};
use crate::terminal::say;

/// Which part of the house a crate belongs to. The two halves meet in the contracts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Contracts, domain and sample data: anyone's tests may use them.
    Common,
    /// What talks to the clouds.
    Client,
    /// What is a cloud.
    Server,
    /// What may see both halves.
    Both,
    /// Development tasks.
    Tool,
}

/// A crate: its name, its part, and the crates of ours that it may depend on.
type Layer = (&'static str, Part, &'static [&'static str]);

/// Every crate, bottom up: an arrow only ever points to a crate that stands above it here.
const LAYERS: [Layer; 25] = [
    // Contracts.
    ("lcs-types", Part::Common, &[]),
    ("lcs-wire", Part::Common, &["lcs-types"]),
    // Domain.
    ("lcs-tokens", Part::Common, &["lcs-types", "lcs-wire"]),
    (
        "lcs-directory",
        Part::Common,
        &["lcs-types", "lcs-wire", "lcs-tokens"],
    ),
    ("lcs-projects", Part::Common, &["lcs-types", "lcs-wire"]),
    ("lcs-sanitise", Part::Common, &[]),
    ("lcs-bacpac", Part::Common, &[]),
    (
        "lcs-packages",
        Part::Common,
        &["lcs-types", "lcs-wire", "lcs-bacpac"],
    ),
    // Services: the client half.
    ("lcs-signin", Part::Client, &["lcs-types", "lcs-wire"]),
    (
        "lcs-client",
        Part::Client,
        &["lcs-types", "lcs-wire", "lcs-signin"],
    ),
    (
        "lcs-onboarding",
        Part::Client,
        &["lcs-types", "lcs-wire", "lcs-signin", "lcs-client"],
    ),
    (
        "lcs-diagnosis",
        Part::Client,
        &["lcs-types", "lcs-wire", "lcs-signin", "lcs-client"],
    ),
    // Services: the server half.
    (
        "lcs-databases",
        Part::Server,
        &["lcs-types", "lcs-sanitise"],
    ),
    ("lcs-artifacts", Part::Server, &["lcs-types"]),
    (
        "lcs-operations",
        Part::Server,
        &[
            "lcs-types",
            "lcs-wire",
            "lcs-projects",
            "lcs-databases",
            "lcs-sanitise",
            "lcs-bacpac",
            "lcs-packages",
            "lcs-artifacts",
        ],
    ),
    (
        "lcs-store-sqlite",
        Part::Server,
        &[
            "lcs-types",
            "lcs-wire",
            "lcs-tokens",
            "lcs-directory",
            "lcs-projects",
            "lcs-operations",
        ],
    ),
    (
        "lcs-server",
        Part::Server,
        &[
            "lcs-types",
            "lcs-wire",
            "lcs-tokens",
            "lcs-directory",
            "lcs-projects",
            "lcs-operations",
            "lcs-artifacts",
        ],
    ),
    ("lcs-sandbox", Part::Server, &["lcs-wire"]),
    // Assembly.
    ("lcs-sample", Part::Common, &["lcs-types"]),
    (
        "lcs-cloud",
        Part::Server,
        &[
            "lcs-tokens",
            "lcs-types",
            "lcs-wire",
            "lcs-directory",
            "lcs-projects",
            "lcs-databases",
            "lcs-artifacts",
            "lcs-operations",
            "lcs-store-sqlite",
            "lcs-server",
            "lcs-sample",
        ],
    ),
    (
        "lcs-testkit",
        Part::Both,
        &[
            "lcs-types",
            "lcs-wire",
            "lcs-signin",
            "lcs-client",
            "lcs-onboarding",
            "lcs-directory",
            "lcs-cloud",
        ],
    ),
    (
        "lcs-fuzz",
        Part::Server,
        &[
            "lcs-types",
            "lcs-wire",
            "lcs-tokens",
            "lcs-directory",
            "lcs-bacpac",
            "lcs-packages",
            "lcs-artifacts",
            "lcs-store-sqlite",
            "lcs-server",
        ],
    ),
    // The binary.
    (
        "lcs",
        Part::Both,
        &[
            "lcs-types",
            "lcs-wire",
            "lcs-bacpac",
            "lcs-signin",
            "lcs-client",
            "lcs-onboarding",
            "lcs-diagnosis",
            "lcs-sandbox",
            "lcs-cloud",
        ],
    ),
    // Development.
    (
        "lcs-benches",
        Part::Both,
        &[
            "lcs-types",
            "lcs-wire",
            "lcs-directory",
            "lcs-signin",
            "lcs-client",
            "lcs-testkit",
        ],
    ),
    ("xtask", Part::Tool, &[]),
];

/// What the tests of a crate may use although it is of another part: the directory runs the suite
/// that defines its port against the real store.
const TESTS_MAY: [(&str, &str); 1] = [("lcs-directory", "lcs-store-sqlite")];

/// Packages that may not be built, from which version on they may, and why not.
const FORBIDDEN: [Forbidden; 5] = [
    Forbidden::any("openssl", "TLS is rustls with aws-lc-rs"),
    Forbidden::any("openssl-sys", "TLS is rustls with aws-lc-rs"),
    Forbidden::any("native-tls", "TLS is rustls with aws-lc-rs"),
    Forbidden::any("ring", "there is one cryptography provider, aws-lc-rs"),
    Forbidden {
        name: "reqwest",
        version_prefix: "0.12.",
        reason: "there is one HTTP client, reqwest 0.13",
    },
];

struct Forbidden {
    name: &'static str,
    /// Only versions that begin with this are meant.
    version_prefix: &'static str,
    reason: &'static str,
}

impl Forbidden {
    const fn any(name: &'static str, reason: &'static str) -> Self {
        Self {
            name,
            version_prefix: "",
            reason,
        }
    }
}

/// What the comparison has found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Findings {
    violations: Vec<String>,
    /// Not wrong, but the table says more than is true.
    warnings: Vec<String>,
}

/// Compares the workspace with the tables.
///
/// # Errors
///
/// When something is there that may not be, or Cargo cannot read the workspace.
pub(crate) fn run() -> Result<()> {
    let workspace = graph::workspace()?;
    let mut findings = check_arrows(&workspace);
    findings
        .violations
        .extend(check_packages(&graph::packages()?));
    for warning in &findings.warnings {
        say(&format!("warning: {warning}"));
    }
    if findings.violations.is_empty() {
        say(&format!(
            "{} crates, {} arrows between them: all allowed",
            workspace.crates.len(),
            workspace.arrows.len()
        ));
        return Ok(());
    }
    for violation in &findings.violations {
        say(&format!("error: {violation}"));
    }
    bail!(
        "{} rules are broken; the tables are in xtask/src/layers.rs",
        findings.violations.len()
    )
}

fn layer(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|(each, _, _)| *each == name)
}

fn check_arrows(workspace: &Workspace) -> Findings {
    let mut findings = Findings::default();
    for name in &workspace.crates {
        if layer(name).is_none() {
            findings
                .violations
                .push(format!("`{name}` has no place in the table of layers"));
        }
    }
    let refusals = workspace.arrows.iter().filter_map(refusal);
    findings.violations.extend(refusals);
    for (from, _, targets) in LAYERS {
        if !workspace.crates.iter().any(|name| name == from) {
            let warning = format!("the table lists `{from}`, which is no crate here");
            findings.warnings.push(warning);
            continue;
        }
        for to in targets {
            let exists = |arrow: &Arrow| arrow.from == from && arrow.to == *to;
            if !workspace.arrows.iter().any(exists) {
                let warning = format!("the table lists {from} -> {to}, which nothing uses");
                findings.warnings.push(warning);
            }
        }
    }
    findings
}

/// Why an arrow may not be, if so.
fn refusal(arrow: &Arrow) -> Option<String> {
    let Arrow { from, to, purpose } = arrow;
    // A crate without a place is reported once, not with each of its arrows.
    let (_, from_part, targets) = layer(from)?;
    let (_, to_part, _) = layer(to)?;
    let is_listed = targets.contains(&to.as_str());
    match purpose {
        Purpose::Product if is_listed => None,
        Purpose::Product => Some(format!("{from} -> {to} is not in the table of layers")),
        Purpose::Tests => {
            let is_allowed = is_listed
                || *from_part == Part::Both
                || *to_part == Part::Common
                || from_part == to_part
                || TESTS_MAY.contains(&(from.as_str(), to.as_str()));
            (!is_allowed).then(|| {
                format!("the tests of {from} may not use {to}: they are of different halves")
            })
        }
    }
}

fn check_packages(packages: &[Package]) -> Vec<String> {
    let mut violations = Vec::new();
    for package in packages {
        for forbidden in &FORBIDDEN {
            if package.name == forbidden.name
                && package.version.starts_with(forbidden.version_prefix)
            {
                violations.push(format!(
                    "{} {} is built: {} (`cargo tree --invert {} --target all` says by whom)",
                    package.name, package.version, forbidden.reason, package.name
                ));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrow(from: &str, to: &str, purpose: Purpose) -> Arrow {
        Arrow {
            from: from.to_owned(),
            to: to.to_owned(),
            purpose,
        }
    }

    /// A workspace with every crate and every arrow of the table.
    fn full() -> Workspace {
        let crates = LAYERS
            .iter()
            .map(|(name, _, _)| (*name).to_owned())
            .collect();
        let arrows = LAYERS
            .iter()
            .flat_map(|(from, _, targets)| {
                targets.iter().map(|to| arrow(from, to, Purpose::Product))
            })
            .collect();
        Workspace { crates, arrows }
    }

    #[test]
    fn arrows_of_the_table_only_point_to_crates_above() {
        for (position, (from, _, targets)) in LAYERS.iter().enumerate() {
            for to in *targets {
                let above = &LAYERS[..position];
                assert!(
                    above.iter().any(|(name, _, _)| name == to),
                    "{from} -> {to}"
                );
            }
        }
    }

    #[test]
    fn neither_half_sees_the_other_in_the_table() {
        for (from, part, targets) in LAYERS {
            for to in targets {
                let (_, to_part, _) = layer(to).unwrap();
                let is_legal = match part {
                    Part::Client | Part::Server => [Part::Common, part].contains(to_part),
                    Part::Common => *to_part == Part::Common,
                    Part::Both => true,
                    Part::Tool => false,
                };
                assert!(is_legal, "{from} -> {to}");
            }
        }
    }

    #[test]
    fn what_the_table_lists_is_allowed() {
        assert_eq!(check_arrows(&full()), Findings::default());
    }

    #[test]
    fn an_arrow_that_is_not_listed_is_refused() {
        for (from, to) in [
            ("lcs-client", "lcs-directory"),
            ("lcs-client", "lcs-server"),
            ("lcs-server", "lcs-client"),
            ("lcs-server", "lcs-store-sqlite"),
            ("lcs-types", "lcs-wire"),
            ("lcs", "lcs-server"),
        ] {
            let mut workspace = full();
            workspace.arrows.push(arrow(from, to, Purpose::Product));
            assert_eq!(
                check_arrows(&workspace).violations,
                [format!("{from} -> {to} is not in the table of layers")]
            );
        }
    }

    #[test]
    fn tests_may_use_what_is_common_and_their_own_half_but_not_the_other() {
        for (from, to, is_allowed) in [
            ("lcs-operations", "lcs-store-sqlite", true),
            ("lcs-directory", "lcs-store-sqlite", true),
            ("lcs-databases", "lcs-sample", true),
            ("lcs-client", "lcs-tokens", true),
            ("lcs", "lcs-testkit", true),
            ("lcs-testkit", "lcs-server", true),
            ("lcs-client", "lcs-server", false),
            ("lcs-signin", "lcs-cloud", false),
            ("lcs-signin", "lcs-testkit", false),
            ("lcs-server", "lcs-client", false),
            ("lcs-tokens", "lcs-store-sqlite", false),
        ] {
            let refused = refusal(&arrow(from, to, Purpose::Tests));
            assert_eq!(refused.is_none(), is_allowed, "{from} -> {to}: {refused:?}");
        }
    }

    #[test]
    fn a_crate_that_the_table_does_not_know_is_refused_once() {
        let mut workspace = full();
        workspace.crates.push("lcs-new".to_owned());
        workspace
            .arrows
            .push(arrow("lcs-new", "lcs-types", Purpose::Product));
        workspace
            .arrows
            .push(arrow("lcs", "lcs-new", Purpose::Product));
        let findings = check_arrows(&workspace);
        assert_eq!(
            findings.violations,
            ["`lcs-new` has no place in the table of layers"]
        );
    }

    #[test]
    fn a_listed_arrow_that_nothing_uses_is_only_a_warning() {
        let mut workspace = full();
        let unused = arrow("lcs-wire", "lcs-types", Purpose::Product);
        workspace.arrows.retain(|each| *each != unused);
        let findings = check_arrows(&workspace);
        assert!(findings.violations.is_empty());
        assert_eq!(
            findings.warnings,
            ["the table lists lcs-wire -> lcs-types, which nothing uses"]
        );
    }

    #[test]
    fn forbidden_packages_are_found_by_name_and_version() {
        let package = |name: &str, version: &str| Package {
            name: name.to_owned(),
            version: version.to_owned(),
        };
        let allowed = [
            package("reqwest", "0.13.5"),
            package("openssl-probe", "0.2.2"),
            package("aws-lc-rs", "1.19.0"),
        ];
        assert!(check_packages(&allowed).is_empty());
        for (name, version) in [
            ("reqwest", "0.12.9"),
            ("ring", "0.17.14"),
            ("openssl", "0.10.70"),
            ("openssl-sys", "0.9.105"),
            ("native-tls", "0.2.14"),
        ] {
            let violations = check_packages(&[package(name, version)]);
            assert_eq!(violations.len(), 1, "{name} {version}");
            assert!(violations[0].starts_with(&format!("{name} {version} is built: ")));
        }
    }
}
