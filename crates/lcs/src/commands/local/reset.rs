//! `lcs local reset`: removes the local cloud. Databases of the user's own that were bound stay.

use lcs_cloud::DataDirectory;

use super::no_local_cloud;
use crate::{
    args::ResetArgs,
    commands::Context,
    diagnostic::{Code, Diagnostic},
    output::{Report, prompt},
};

pub(super) fn run(context: &Context, args: &ResetArgs) -> Result<Report, Diagnostic> {
    let path = context.paths.data_directory(args.data_dir.as_ref());
    let directory = DataDirectory::new(&path);
    if !directory.exists() {
        return Err(no_local_cloud(&path));
    }
    if !args.yes {
        let question = format!(
            "The local cloud in {} is removed with all its databases. Type reset to go on:",
            path.display()
        );
        match prompt::typed(&context.output, &question, "reset")? {
            Some(true) => {}
            Some(false) => return Err(Diagnostic::new(Code::Declined, "nothing was done")),
            None => {
                return Err(Diagnostic::new(
                    Code::ConfirmationNeeded,
                    format!(
                        "`{}` would be removed, and there is nobody to ask",
                        path.display()
                    ),
                )
                .help("say that you mean it: lcs local reset --yes"));
            }
        }
    }
    directory.remove()?;
    context
        .output
        .note(&format!("removed the local cloud in {}", path.display()));
    Ok(Report::Nothing)
}
