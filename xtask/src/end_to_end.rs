//! The scripts of outsiders against the built binary: Python and Node with unmodified libraries.
//!
//! The libraries go into folders under the target folder: those of Python into a virtual environment,
//! or a plain folder of packages where Python cannot make one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::graph;
use crate::process::{Invocation, root};
use crate::terminal::say;

/// A Python that can import what the scripts need.
#[derive(Debug)]
struct Python {
    program: PathBuf,
    /// A folder of packages beside the program's own.
    packages: Option<PathBuf>,
}

/// Builds the binary and runs the scripts against it.
///
/// # Errors
///
/// When the scripts, Python's packages or the binary cannot be had, or a script fails.
pub(crate) fn run() -> Result<()> {
    let script = root().join("e2e/run.py");
    if !script.is_file() {
        bail!("there is no `e2e/run.py`");
    }
    let target = graph::target_directory()?;
    let python = python_with_packages(&target)?;
    let modules = node_modules(&target)?;
    Invocation::of("cargo build --locked --package lcs").run()?;
    let binary = target.join("debug/lcs");
    python
        .invocation()
        .argument(script)
        .argument("--lcs")
        .argument(binary)
        .variable("LCS_E2E_NODE_MODULES", modules)
        .run()
}

impl Python {
    fn invocation(&self) -> Invocation {
        let invocation = Invocation::program(&self.program);
        match &self.packages {
            Some(folder) => invocation.variable("PYTHONPATH", folder),
            None => invocation,
        }
    }
}

/// Installs the packages of `e2e/package-lock.json` unless exactly these are installed already.
fn node_modules(target: &Path) -> Result<PathBuf> {
    let folder = target.join("e2e-node");
    let modules = folder.join("node_modules");
    let read = |name: &str| {
        let path = root().join("e2e").join(name);
        fs::read_to_string(&path).with_context(|| format!("could not read `{}`", path.display()))
    };
    let (package, lock) = (read("package.json")?, read("package-lock.json")?);
    if is_installed(&folder, &lock) {
        return Ok(modules);
    }
    say("installing the packages of e2e/package-lock.json for Node");
    remove(&folder)?;
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("could not write `{}`", path.display()))
    };
    fs::create_dir_all(&folder)
        .with_context(|| format!("could not create `{}`", folder.display()))?;
    write("package.json", &package)?;
    write("package-lock.json", &lock)?;
    // No package runs a script of its own, and none is installed on a Node that is too old for it.
    Invocation::of("npm ci --ignore-scripts --no-audit --no-fund --prefix")
        .argument(&folder)
        .run()?;
    fs::write(marker(&folder), lock)
        .with_context(|| format!("could not write into `{}`", folder.display()))?;
    Ok(modules)
}

/// Installs the packages of `e2e/requirements.txt` unless exactly these are installed already.
fn python_with_packages(target: &Path) -> Result<Python> {
    let requirements_path = root().join("e2e/requirements.txt");
    let requirements = fs::read_to_string(&requirements_path)
        .with_context(|| format!("could not read `{}`", requirements_path.display()))?;
    let in_environment = target.join("e2e-venv");
    let in_folder = target.join("e2e-packages");
    if is_installed(&in_environment, &requirements) {
        return Ok(inside(&in_environment));
    }
    if is_installed(&in_folder, &requirements) {
        return Ok(beside(in_folder));
    }
    say("installing the packages of e2e/requirements.txt for Python");
    // What was left by an interrupted or an older installation is in the way.
    remove(&in_environment)?;
    remove(&in_folder)?;
    fs::create_dir_all(target)
        .with_context(|| format!("could not create `{}`", target.display()))?;
    let pip = "-m pip install --quiet --disable-pip-version-check";
    let make = Invocation::of("python3 -m venv").argument(&in_environment);
    let (python, folder) = if make.works() {
        let python = inside(&in_environment);
        python
            .invocation()
            .arguments(pip)
            .argument("--requirement")
            .argument(&requirements_path)
            .run()?;
        (python, in_environment)
    } else {
        say("Python cannot make a virtual environment here; using a folder of packages");
        remove(&in_environment)?;
        Invocation::of("python3")
            .arguments(pip)
            .argument("--target")
            .argument(&in_folder)
            .argument("--requirement")
            .argument(&requirements_path)
            .run()?;
        (beside(in_folder.clone()), in_folder)
    };
    fs::write(marker(&folder), requirements)
        .with_context(|| format!("could not write into `{}`", folder.display()))?;
    Ok(python)
}

fn inside(environment: &Path) -> Python {
    Python {
        program: environment.join("bin/python"),
        packages: None,
    }
}

fn beside(packages: PathBuf) -> Python {
    Python {
        program: PathBuf::from("python3"),
        packages: Some(packages),
    }
}

/// The copy of the requirements that is written when all of them are installed.
fn marker(folder: &Path) -> PathBuf {
    folder.join("installed-requirements.txt")
}

fn is_installed(folder: &Path, requirements: &str) -> bool {
    fs::read_to_string(marker(folder)).is_ok_and(|installed| installed == requirements)
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("could not remove `{}`", folder.display()))?;
    }
    Ok(())
}
