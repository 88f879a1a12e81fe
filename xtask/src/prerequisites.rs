//! What the steps need on the machine, and installing what is missing.
//!
//! Looking, deciding and acting are apart: [`Machine::look`] finds out, [`plan`] decides without
//! touching anything, [`provide`] acts and says what it does.

use anyhow::{Result, bail};

use crate::process::Invocation;
use crate::terminal::{heading, say};

/// Something that a step needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// A C compiler, for the cryptography and SQLite sources that are built in.
    Compiler,
    /// `cargo fmt`.
    Formatter,
    /// `cargo clippy`.
    Linter,
    /// `cargo nextest`.
    TestRunner,
    /// `cargo fuzz`.
    Fuzzer,
    /// Python, and a way to install packages for it.
    Python,
    /// Node.js, and a way to install packages for it.
    Node,
    /// A key store like that of a desktop, and the bus that it is reached over.
    KeyStore,
    /// A browser that scripts can drive, and a way to make it trust an authority.
    Browser,
}

/// What was found on the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Machine {
    missing: Vec<Piece>,
    packages: PackageInstaller,
}

/// Something that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    CCompiler,
    Rustfmt,
    Clippy,
    Nextest,
    Fuzz,
    Python,
    /// A complete `venv` or else `pip`; Debian's Python comes without either.
    PythonInstaller,
    Node,
    Npm,
    MessageBus,
    SecretService,
    Chromium,
    /// `certutil`, which writes the list of authorities that Chromium trusts.
    CertificateTool,
}

/// How system packages can be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PackageInstaller {
    /// With apt-get, as root.
    Root,
    /// With apt-get, through sudo without a question.
    Sudo,
    /// Not by us.
    None,
}

/// Installs what is needed and missing, and says so.
///
/// # Errors
///
/// When something is missing that cannot be installed from here; the error names the command that
/// provides it.
pub(crate) fn provide(needs: impl Iterator<Item = Need>) -> Result<()> {
    let mut needs: Vec<Need> = needs.collect();
    needs.sort_unstable();
    needs.dedup();
    let actions = plan(&Machine::look(&needs))?;
    if actions.is_empty() {
        return Ok(());
    }
    heading("installing what is missing");
    for action in actions {
        say(&format!("$ {}", action.line()));
        action.run()?;
    }
    Ok(())
}

impl Machine {
    fn look(needs: &[Need]) -> Self {
        let pieces = needs.iter().flat_map(|need| need.pieces()).copied();
        Self {
            missing: pieces.filter(|piece| !piece.is_there()).collect(),
            packages: PackageInstaller::look(),
        }
    }
}

impl Need {
    /// What it consists of.
    const fn pieces(self) -> &'static [Piece] {
        match self {
            Self::Compiler => &[Piece::CCompiler],
            Self::Formatter => &[Piece::Rustfmt],
            Self::Linter => &[Piece::Clippy],
            Self::TestRunner => &[Piece::Nextest],
            Self::Fuzzer => &[Piece::Fuzz],
            Self::Python => &[Piece::Python, Piece::PythonInstaller],
            Self::Node => &[Piece::Node, Piece::Npm],
            Self::KeyStore => &[Piece::MessageBus, Piece::SecretService],
            Self::Browser => &[Piece::Chromium, Piece::CertificateTool],
        }
    }
}

impl Piece {
    fn is_there(self) -> bool {
        let works = |line: &str| Invocation::of(line).works();
        match self {
            Self::CCompiler => works("cc --version") && works("make --version"),
            Self::Rustfmt => works("cargo fmt --version"),
            Self::Clippy => works("cargo clippy --version"),
            Self::Nextest => works("cargo nextest --version"),
            Self::Fuzz => works("cargo fuzz --version"),
            Self::Python => works("python3 --version"),
            // A `venv` without `ensurepip` makes environments that nothing can be installed into.
            Self::PythonInstaller => {
                let imports = Invocation::of("python3 -c").argument("import venv, ensurepip");
                imports.works() || works("python3 -m pip --version")
            }
            Self::Node => works("node --version"),
            Self::Npm => works("npm --version"),
            Self::MessageBus => works("dbus-run-session --version"),
            Self::SecretService => works("gnome-keyring-daemon --version"),
            Self::Chromium => works("chromium --version") || works("google-chrome --version"),
            // It has no option that only tells its version.
            Self::CertificateTool => Invocation::of("certutil").starts(),
        }
    }

    /// The Debian packages that provide it.
    const fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Rustfmt | Self::Clippy | Self::Nextest | Self::Fuzz => &[],
            Self::CCompiler => &["build-essential"],
            Self::Python => &["python3"],
            Self::PythonInstaller => &["python3-venv", "python3-pip"],
            Self::Node => &["nodejs"],
            Self::Npm => &["npm"],
            Self::MessageBus => &["dbus"],
            Self::SecretService => &["gnome-keyring"],
            // Without a font it shows no text.
            Self::Chromium => &["chromium", "fonts-liberation"],
            Self::CertificateTool => &["libnss3-tools"],
        }
    }
}

impl PackageInstaller {
    fn look() -> Self {
        if !Invocation::of("apt-get --version").works() {
            return Self::None;
        }
        let user = Invocation::of("id -u").output();
        if user.is_ok_and(|id| id.trim() == "0") {
            Self::Root
        } else if Invocation::of("sudo -n true").works() {
            Self::Sudo
        } else {
            Self::None
        }
    }
}

/// The commands that provide what is missing, in order.
fn plan(machine: &Machine) -> Result<Vec<Invocation>> {
    let lacks = |piece| machine.missing.contains(&piece);
    if lacks(Piece::Rustfmt) || lacks(Piece::Clippy) {
        bail!(
            "rustfmt or clippy is missing from the Rust toolchain\n\
             help: rustup component add rustfmt clippy"
        );
    }
    let packages: Vec<&str> = machine
        .missing
        .iter()
        .flat_map(|piece| piece.packages())
        .copied()
        .collect();
    let mut actions = install_packages(&packages, machine.packages)?;
    if lacks(Piece::Nextest) {
        actions.push(Invocation::of("cargo install --locked cargo-nextest"));
    }
    if lacks(Piece::Fuzz) {
        actions.push(Invocation::of("cargo install --locked cargo-fuzz"));
    }
    Ok(actions)
}

fn install_packages(packages: &[&str], installer: PackageInstaller) -> Result<Vec<Invocation>> {
    if packages.is_empty() {
        return Ok(Vec::new());
    }
    let packages = packages.join(" ");
    let prefix = match installer {
        PackageInstaller::Root => "env",
        PackageInstaller::Sudo => "sudo -n env",
        PackageInstaller::None => bail!(
            "these system packages (by their Debian names) are missing and cannot be installed \
             from here: {packages}\n\
             help: sudo apt-get update && sudo apt-get install -y --no-install-recommends {packages}"
        ),
    };
    let apt = format!("{prefix} DEBIAN_FRONTEND=noninteractive apt-get");
    Ok(vec![
        Invocation::of(&format!("{apt} update")),
        Invocation::of(&format!(
            "{apt} install -y --no-install-recommends {packages}"
        )),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(missing: &[Piece], packages: PackageInstaller) -> Machine {
        Machine {
            missing: missing.to_vec(),
            packages,
        }
    }

    fn lines(missing: &[Piece], packages: PackageInstaller) -> Vec<String> {
        let actions = plan(&machine(missing, packages)).unwrap();
        actions.iter().map(Invocation::line).collect()
    }

    #[test]
    fn nothing_is_installed_where_nothing_is_missing() {
        assert!(lines(&[], PackageInstaller::None).is_empty());
    }

    #[test]
    fn a_fresh_machine_gets_everything_after_the_package_lists() {
        let missing = [
            Piece::CCompiler,
            Piece::Nextest,
            Piece::Python,
            Piece::PythonInstaller,
            Piece::Node,
            Piece::Npm,
            Piece::Chromium,
            Piece::CertificateTool,
        ];
        assert_eq!(
            lines(&missing, PackageInstaller::Root),
            [
                "env DEBIAN_FRONTEND=noninteractive apt-get update",
                "env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
                 build-essential python3 python3-venv python3-pip nodejs npm chromium \
                 fonts-liberation libnss3-tools",
                "cargo install --locked cargo-nextest",
            ]
        );
    }

    #[test]
    fn the_fuzzer_is_installed_by_cargo() {
        assert_eq!(
            lines(&[Piece::Fuzz], PackageInstaller::None),
            ["cargo install --locked cargo-fuzz"]
        );
    }

    #[test]
    fn only_what_a_need_consists_of_is_looked_for() {
        assert_eq!(Machine::look(&[]).missing, []);
        let all = [Need::Python, Need::Node, Need::Browser];
        let pieces: Vec<Piece> = all.iter().flat_map(|need| need.pieces()).copied().collect();
        assert_eq!(
            pieces,
            [
                Piece::Python,
                Piece::PythonInstaller,
                Piece::Node,
                Piece::Npm,
                Piece::Chromium,
                Piece::CertificateTool,
            ]
        );
    }

    #[test]
    fn who_is_not_root_installs_through_sudo() {
        assert_eq!(
            lines(&[Piece::PythonInstaller], PackageInstaller::Sudo)[1],
            "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install -y \
             --no-install-recommends python3-venv python3-pip"
        );
    }

    #[test]
    fn what_cannot_be_installed_is_an_error_with_the_command() {
        let apt = "apt-get install -y --no-install-recommends";
        for (piece, command) in [
            (Piece::CCompiler, format!("{apt} build-essential")),
            (Piece::Node, format!("{apt} nodejs")),
            (Piece::Chromium, format!("{apt} chromium fonts-liberation")),
            (Piece::CertificateTool, format!("{apt} libnss3-tools")),
            (
                Piece::Rustfmt,
                "rustup component add rustfmt clippy".to_owned(),
            ),
            (
                Piece::Clippy,
                "rustup component add rustfmt clippy".to_owned(),
            ),
        ] {
            let error = plan(&machine(&[piece], PackageInstaller::None)).unwrap_err();
            assert!(error.to_string().contains(&command), "{error}");
        }
    }
}
