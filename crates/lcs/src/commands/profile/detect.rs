//! `lcs profile detect`: asks every public instance of LCS for the project, each with a token of
//! its own. A project lives in exactly one.

use std::sync::Arc;

use lcs_client::{ApiError, LcsApi};
use lcs_signin::{HttpClient, NotSignedIn, Session, SignInError};
use lcs_types::{ProjectId, Region};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::{
    args::{ConnectionArgs, ProfileDetectArgs},
    commands::{Context, signed_in},
    config::{Connection, Profiles},
    diagnostic::{Code, Diagnostic},
    output::{Column, Report, Shown},
};

/// What one instance said.
#[derive(Debug, Clone, Serialize)]
struct Instance {
    region: &'static str,
    api_url: String,
    answer: Answer,
    detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    /// It shows the project to this user.
    Found,
    /// It was asked and shows no such project.
    NotThere,
    /// Nobody is signed in to its cloud.
    NotSignedIn,
    /// Its cloud gives this application no token for it.
    NoToken,
    /// It could not be asked.
    Unreachable,
}

impl Shown for Instance {
    const COLUMNS: &'static [Column] = &[
        ("Region", "region"),
        ("API", "api_url"),
        ("Answer", "answer"),
        ("Detail", "detail"),
    ];
}

pub(super) async fn run(context: &Context, args: ProfileDetectArgs) -> Result<Report, Diagnostic> {
    let connection = context.connection(&args.connection)?;
    let project = connection.project()?;
    // An authority may name the tenant, and gives way to each region's own.
    let flags = ConnectionArgs {
        tenant: Some(connection.authority()?.tenant().to_owned()),
        ..args.connection
    };
    let asked = Asked {
        http: signed_in::http(&connection)?,
        project,
    };
    let mut tasks = JoinSet::new();
    for region in Region::ALL {
        let session = session(context, &flags, region)?;
        tasks.spawn(asked.clone().ask(region, session));
    }
    let mut instances = tasks.join_all().await;
    instances.sort_by_key(|instance| {
        Region::ALL
            .iter()
            .position(|region| region.name() == instance.region)
    });
    let found: Vec<&Instance> = instances
        .iter()
        .filter(|instance| instance.answer == Answer::Found)
        .collect();
    match found.as_slice() {
        [] => Err(not_found(project, &instances)),
        [only] if args.save => {
            save(context, &connection, only.region)?;
            Ok(Report::list(&instances, ""))
        }
        [_only] => Ok(Report::list(&instances, "")),
        _ if args.save => Err(Diagnostic::new(
            Code::InvalidSetting,
            format!("several instances show project {project}, so none was kept"),
        )
        .help("choose one: lcs profile set NAME --region REGION")),
        _ => Ok(Report::list(&instances, "")),
    }
}

/// The session of a region: same user and application, the region's own resource and authority.
fn session(
    context: &Context,
    flags: &ConnectionArgs,
    region: Region,
) -> Result<Session, Diagnostic> {
    let flags = ConnectionArgs {
        region: Some(region.name().to_owned()),
        ..flags.clone()
    };
    let connection = context.connection(&flags)?;
    signed_in::session(context, &connection, connection.username()?)
}

/// What every instance is asked with.
#[derive(Clone)]
struct Asked {
    http: HttpClient,
    project: ProjectId,
}

impl Asked {
    async fn ask(self, region: Region, session: Session) -> Instance {
        let api_url = format!("https://{}", region.api_host());
        let result = match api_url.parse() {
            Ok(base) => {
                let api = LcsApi::new(base, self.http, Arc::new(session));
                api.environments(self.project).await
            }
            Err(_) => Ok(Vec::new()),
        };
        let (answer, detail) = match result {
            Ok(environments) => {
                let names: Vec<String> = environments
                    .into_iter()
                    .map(|environment| environment.environment_name)
                    .collect();
                (Answer::Found, names.join(", "))
            }
            Err(error) => (judged(&error), error.to_string()),
        };
        Instance {
            region: region.name(),
            api_url,
            answer,
            detail,
        }
    }
}

const fn judged(error: &ApiError) -> Answer {
    match error {
        ApiError::SignIn(
            SignInError::NotSignedIn(NotSignedIn::Nobody { .. } | NotSignedIn::Account { .. })
            | SignInError::OtherSession { .. },
        ) => Answer::NotSignedIn,
        ApiError::SignIn(SignInError::Network(_) | SignInError::Throttled { .. })
        | ApiError::Network(_)
        | ApiError::Throttled { .. } => Answer::Unreachable,
        ApiError::SignIn(_) => Answer::NoToken,
        _ => Answer::NotThere,
    }
}

fn not_found(project: ProjectId, instances: &[Instance]) -> Diagnostic {
    let has = |answer| instances.iter().any(|instance| instance.answer == answer);
    let (code, help) = if has(Answer::NotThere) {
        (
            Code::NotAMember,
            "check the number, and whether the user (lcs whoami) is a member of the project and \
             has accepted the invitation",
        )
    } else if has(Answer::NoToken) {
        (
            Code::SignInRefused,
            "see why no token is given: lcs doctor --region us",
        )
    } else if has(Answer::NotSignedIn) {
        (Code::NotSignedIn, "sign in: lcs login --region us")
    } else {
        (Code::Network, "check the network, then try again")
    };
    let mut diagnostic = Diagnostic::new(
        code,
        format!("no instance of LCS that could be asked shows project {project}"),
    )
    .help(help);
    diagnostic.causes = instances
        .iter()
        .map(|instance| format!("{}: {}", instance.region, instance.detail))
        .collect();
    diagnostic
}

/// Keeps the region in the profile in use; addresses that stood there gave way to it.
fn save(context: &Context, connection: &Connection, region: &str) -> Result<(), Diagnostic> {
    let path = context.paths.config_file();
    let mut profiles = Profiles::read(&path)?;
    let Some(profile) = profiles.profiles.get_mut(&connection.profile) else {
        return Err(
            Diagnostic::new(Code::UnknownProfile, "there is no profile to keep it in")
                .help("make one: lcs profile set NAME --region REGION …"),
        );
    };
    profile.region = Some(region.to_owned());
    profile.api_url = None;
    profile.authority = None;
    profile.resource = None;
    profiles.write(&path)?;
    context.output.note(&format!(
        "profile {} now has region {region}",
        connection.profile
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(answer: Answer) -> Instance {
        Instance {
            region: "eu",
            api_url: String::new(),
            answer,
            detail: "said".to_owned(),
        }
    }

    #[test]
    fn what_the_instances_said_decides_what_is_wrong() {
        for (answers, exit) in [
            (&[Answer::Unreachable, Answer::NotThere][..], 4),
            (&[Answer::NotSignedIn, Answer::NoToken], 3),
            (&[Answer::NotSignedIn, Answer::Unreachable], 3),
            (&[Answer::Unreachable], 8),
        ] {
            let instances: Vec<Instance> = answers.iter().copied().map(instance).collect();
            let diagnostic = not_found(ProjectId(7), &instances);
            assert_eq!(diagnostic.exit().number(), exit, "{answers:?}");
            assert_eq!(diagnostic.causes[0], "eu: said");
        }
    }
}
