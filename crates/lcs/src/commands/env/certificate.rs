//! `lcs env rsat-certificate`: the zip and the password of the `.pfx` in it, each in a file that
//! nobody else reads. Neither is ever printed.

use std::{
    fs::OpenOptions,
    io::Write as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Serialize;

use crate::{
    args::RsatCertificateArgs,
    commands::{Context, names, signed_in},
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown},
};

/// What was written.
#[derive(Debug, Serialize)]
struct Written {
    zip: PathBuf,
    password_file: PathBuf,
    thumbprint: String,
    expires_at: Option<String>,
}

impl Shown for Written {
    const COLUMNS: &'static [Column] = &[
        ("Zip", "zip"),
        ("Password", "password_file"),
        ("Thumbprint", "thumbprint"),
        ("Expires", "expires_at"),
    ];
}

pub(super) async fn run(
    context: &Context,
    args: RsatCertificateArgs,
) -> Result<Report, Diagnostic> {
    // Before the call, since LCS answers once a minute and the password is new each time.
    if args.password_file.exists() {
        return Err(exists(&args.password_file));
    }
    let folder = args.to.unwrap_or_default();
    for needed in [Some(folder.as_path()), args.password_file.parent()] {
        let needed = needed.filter(|folder| *folder != Path::new(""));
        if let Some(needed) = needed {
            std::fs::create_dir_all(needed)
                .map_err(|error| Diagnostic::file("create", needed, &error))?;
        }
    }
    let connection = context.connection(&args.connection)?;
    let signed_in = signed_in::api(context, &connection).await?;
    let environment = names::environment_id(&signed_in, &args.environment).await?;
    let certificate = signed_in
        .api
        .rsat_certificate(signed_in.project, environment)
        .await?;
    let zip = decoded(&certificate.certificate_zip_encoded)?;
    let password = decoded(&certificate.certificate_secret_encoded)?;
    let name = file_name(certificate.filename.as_deref().unwrap_or_default());
    let path = folder.join(name);
    write_private(&path, &zip)?;
    write_private(&args.password_file, &password)?;
    Ok(Report::one(&Written {
        zip: path,
        password_file: args.password_file,
        thumbprint: certificate.certificate_thumbprint,
        expires_at: certificate.expiration_iso_date_time_utc,
    }))
}

fn decoded(text: &str) -> Result<Vec<u8>, Diagnostic> {
    BASE64_STANDARD.decode(text).map_err(|_| {
        Diagnostic::new(
            Code::UnexpectedAnswer,
            "the certificate is not as documented",
        )
        .help("check the address of the API: lcs profile show")
    })
}

/// A plain name: it comes from somebody else.
fn file_name(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name: String = text
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    match name.trim_matches('.') {
        "" => "RSATCertificate.zip".to_owned(),
        name => name.to_owned(),
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Diagnostic> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(exists(path));
        }
        opened => opened.map_err(|error| Diagnostic::file("write", path, &error))?,
    };
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(|error| Diagnostic::file("write", path, &error))
}

fn exists(path: &Path) -> Diagnostic {
    Diagnostic::new(
        Code::FileExists,
        format!("`{}` is already there", path.display()),
    )
    .help("choose another name with --password-file, or another folder with --to")
}
