//! `lcs op …`: the journal of operations.

use lcs_client::journal::{Record, State};
use lcs_types::{Clock as _, OperationActivityId, SystemClock};
use lcs_wire::lcs::FetchStatus;

use super::{
    Context,
    operation::{JournaledOperation, Tracked, journal, parse_id, resolve, wait},
    signed_in::{self, SignedInApi},
};
use crate::{
    args::{ConnectionArgs, OpCommand, OpListArgs, OpResumeArgs, OpShowArgs, OpWaitArgs},
    diagnostic::{Code, Diagnostic},
    output::Report,
};

pub(super) async fn run(context: &Context, command: OpCommand) -> Result<Report, Diagnostic> {
    match command {
        OpCommand::List(args) => list(context, &args),
        OpCommand::Show(args) => show(context, &args),
        OpCommand::Wait(args) => wait_for_one(context, args).await,
        OpCommand::Resume(args) => resume(context, args).await,
    }
}

fn list(context: &Context, args: &OpListArgs) -> Result<Report, Diagnostic> {
    let mut records = journal(context).records()?;
    if args.running {
        records.retain(Record::is_unfinished);
    }
    let shown: Vec<JournaledOperation> = records.into_iter().rev().map(Into::into).collect();
    Ok(Report::list(&shown, "No operations."))
}

fn show(context: &Context, args: &OpShowArgs) -> Result<Report, Diagnostic> {
    let record = record(context, &args.id)?;
    Ok(Report::one(&JournaledOperation::from(record)))
}

async fn wait_for_one(context: &Context, args: OpWaitArgs) -> Result<Report, Diagnostic> {
    let record = match &args.id {
        Some(id) => record(context, id)?,
        None => last(context, &args.connection)?,
    };
    let id = record.id;
    finish(context, &args.connection, record, args.timeout).await?;
    shown(context, id)
}

async fn resume(context: &Context, args: OpResumeArgs) -> Result<Report, Diagnostic> {
    if let Some(id) = &args.id {
        let mut one = record(context, id)?;
        if let Some(activity) = &args.activity_id {
            one = adopt(context, one, parse_id(activity)?)?;
        }
        let number = one.id;
        finish(context, &args.connection, one, args.timeout).await?;
        return shown(context, number);
    }
    let records = journal(context).records()?;
    let unfinished: Vec<Record> = records.into_iter().filter(Record::is_unfinished).collect();
    let ids: Vec<u64> = unfinished.iter().map(|record| record.id).collect();
    let mut worst = None;
    for record in unfinished {
        let number = record.id;
        if let Err(diagnostic) = finish(context, &args.connection, record, args.timeout).await {
            context
                .output
                .warning(&format!("operation {number}: {}", diagnostic.message));
            let is_interrupted = diagnostic.code == Code::Interrupted;
            worst.get_or_insert(diagnostic.exit());
            if is_interrupted {
                break;
            }
        }
    }
    let after = journal(context).records()?;
    let shown: Vec<JournaledOperation> = after
        .into_iter()
        .filter(|record| ids.contains(&record.id))
        .map(Into::into)
        .collect();
    let report = Report::list(&shown, "Every operation has ended.");
    Ok(match worst {
        Some(exit) => Report::Judged(Box::new(report), exit),
        None => report,
    })
}

/// What a person recognised where the history left it open.
fn adopt(
    context: &Context,
    record: Record,
    operation_activity_id: OperationActivityId,
) -> Result<Record, Diagnostic> {
    if record.state != State::Unknown {
        return Err(Diagnostic::new(
            Code::Usage,
            format!("the operation behind {} is known already", record.id),
        )
        .help(format!(
            "leave --activity-id out: lcs op resume {}",
            record.id
        )));
    }
    let state = State::Running {
        operation_activity_id,
    };
    journal(context).note(record.id, state.clone(), SystemClock.now())?;
    Ok(Record { state, ..record })
}

/// Finds out what became of a record and waits until it has ended.
async fn finish(
    context: &Context,
    flags: &ConnectionArgs,
    record: Record,
    timeout: Option<u64>,
) -> Result<(Tracked, FetchStatus), Diagnostic> {
    let number = record.id;
    if let State::Refused { message } = &record.state {
        return Err(Diagnostic::new(
            Code::Refused,
            format!("operation {number} never began: {message}"),
        )
        .help("mend the cause and start it again"));
    }
    let signed_in = signed_in(context, flags, &record).await?.within(timeout);
    let tracked = match record.started() {
        Some(operation) => Tracked {
            operation,
            record: Some(number),
        },
        None => resolve(context, &signed_in, record).await?,
    };
    let status = wait(context, &signed_in, &tracked, timeout).await?;
    Ok((tracked, status))
}

/// LCS as it was when the operation was started.
async fn signed_in(
    context: &Context,
    flags: &ConnectionArgs,
    record: &Record,
) -> Result<SignedInApi, Diagnostic> {
    let request = &record.request;
    let connection = context.connection_as_before(flags, &request.profile)?;
    let now = connection.api_url()?;
    // A local cloud comes back at another port; any other one declines ids that it does not know.
    if now.as_str() != request.api_url {
        context.output.note(&format!(
            "operation {} was started at {}; asking {now}",
            record.id, request.api_url
        ));
    }
    signed_in::api(context, &connection).await
}

/// Waits for what this profile started last.
pub(super) async fn wait_for_last(
    context: &Context,
    flags: &ConnectionArgs,
    timeout: Option<u64>,
) -> Result<(Tracked, FetchStatus), Diagnostic> {
    let record = last(context, flags)?;
    finish(context, flags, record, timeout).await
}

fn last(context: &Context, flags: &ConnectionArgs) -> Result<Record, Diagnostic> {
    let profile = context.connection(flags)?.profile;
    let records = journal(context).records()?;
    let began = |record: &Record| !matches!(record.state, State::Refused { .. });
    let found = records
        .into_iter()
        .rev()
        .find(|record| record.request.profile == profile && began(record));
    found.ok_or_else(|| {
        Diagnostic::new(
            Code::NoOperation,
            "no operation was started with this profile yet",
        )
        .help("name one: lcs db wait ID --environment NAME")
    })
}

/// By its number in the journal, or its operation activity id.
fn record(context: &Context, id: &str) -> Result<Record, Diagnostic> {
    let activity: Option<OperationActivityId> = id.parse().ok();
    let number: Option<u64> = id.parse().ok();
    let found = journal(context).records()?.into_iter().find(|record| {
        Some(record.id) == number
            || (activity.is_some() && record.operation_activity_id() == activity)
    });
    found.ok_or_else(|| {
        Diagnostic::new(
            Code::NoOperation,
            format!("the journal has no operation `{id}`"),
        )
        .help("look: lcs op list")
    })
}

fn shown(context: &Context, id: u64) -> Result<Report, Diagnostic> {
    let record = record(context, &id.to_string())?;
    Ok(Report::one(&JournaledOperation::from(record)))
}
