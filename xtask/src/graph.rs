//! What Cargo says about the workspace: its crates, their dependencies on each other, and every
//! package that is built.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process::Invocation;

/// Whether a dependency is there for all who use the crate or for its tests alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// Normal and build dependencies.
    Product,
    /// Development dependencies.
    Tests,
}

/// One crate of the workspace depends on another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrow {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) purpose: Purpose,
}

/// The crates of the workspace and the arrows between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Workspace {
    pub(crate) crates: Vec<String>,
    pub(crate) arrows: Vec<Arrow>,
}

/// A package that is built, ours or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    dependencies: Vec<MetadataDependency>,
}

#[derive(Deserialize)]
struct MetadataDependency {
    name: String,
    kind: Option<String>,
}

/// Asks Cargo for the workspace.
///
/// # Errors
///
/// When Cargo cannot read the workspace.
pub(crate) fn workspace() -> Result<Workspace> {
    parse_workspace(&metadata()?)
}

/// The folder that Cargo builds into.
///
/// # Errors
///
/// When Cargo cannot read the workspace.
pub(crate) fn target_directory() -> Result<PathBuf> {
    Ok(parse(&metadata()?)?.target_directory)
}

/// Asks Cargo for every package that is built, on any platform.
///
/// The answer of `cargo metadata` would be of no use here: it lists optional dependencies that no
/// feature turns on.
///
/// # Errors
///
/// When Cargo cannot read the workspace or the lock file is stale.
pub(crate) fn packages() -> Result<Vec<Package>> {
    let line = "cargo tree --workspace --locked --target all --edges normal,build,dev \
                --prefix none";
    let mut packages: Vec<Package> = Invocation::of(line)
        .output()?
        .lines()
        .filter_map(parse_package)
        .collect();
    packages.sort_unstable();
    packages.dedup();
    Ok(packages)
}

fn metadata() -> Result<String> {
    Invocation::of("cargo metadata --no-deps --format-version 1").output()
}

fn parse(json: &str) -> Result<Metadata> {
    serde_json::from_str(json).context("could not understand what `cargo metadata` wrote")
}

fn parse_workspace(json: &str) -> Result<Workspace> {
    let metadata = parse(json)?;
    let crates: Vec<String> = metadata
        .packages
        .iter()
        .map(|package| package.name.clone())
        .collect();
    let mut arrows: Vec<Arrow> = metadata
        .packages
        .iter()
        .flat_map(|package| package.dependencies.iter().map(move |each| (package, each)))
        .filter(|(_, dependency)| crates.contains(&dependency.name))
        .map(|(package, dependency)| Arrow {
            from: package.name.clone(),
            to: dependency.name.clone(),
            purpose: match dependency.kind.as_deref() {
                Some("dev") => Purpose::Tests,
                _ => Purpose::Product,
            },
        })
        .collect();
    arrows.sort_unstable();
    arrows.dedup();
    Ok(Workspace { crates, arrows })
}

/// Reads a line such as `reqwest v0.13.5 (*)`.
fn parse_package(line: &str) -> Option<Package> {
    let mut words = line.split_whitespace();
    let name = words.next()?.to_owned();
    let version = words.next()?.strip_prefix('v')?.to_owned();
    Some(Package { name, version })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_are_dependencies_between_our_own_crates_by_purpose() {
        let json = r#"{ "target_directory": "/t", "packages": [
            { "name": "a", "dependencies": [
                { "name": "b", "kind": null },
                { "name": "b", "kind": "dev" },
                { "name": "serde", "kind": null } ] },
            { "name": "b", "dependencies": [ { "name": "a", "kind": "build" } ] } ] }"#;
        let arrow = |from: &str, to: &str, purpose| Arrow {
            from: from.to_owned(),
            to: to.to_owned(),
            purpose,
        };
        let workspace = parse_workspace(json).unwrap();
        assert_eq!(workspace.crates, ["a", "b"]);
        assert_eq!(
            workspace.arrows,
            [
                arrow("a", "b", Purpose::Product),
                arrow("a", "b", Purpose::Tests),
                arrow("b", "a", Purpose::Product),
            ]
        );
    }

    #[test]
    fn a_line_of_the_tree_is_a_package_whatever_follows_its_version() {
        for line in [
            "serde v1.0.229",
            "serde v1.0.229 (*)",
            "serde v1.0.229 (proc-macro)",
        ] {
            let package = parse_package(line).unwrap();
            assert_eq!(
                (package.name.as_str(), package.version.as_str()),
                ("serde", "1.0.229")
            );
        }
        assert_eq!(parse_package(""), None);
        assert_eq!(parse_package("[dev-dependencies]"), None);
    }
}
