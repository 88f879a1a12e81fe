//! Batch jobs, their servers and groups, and what they have done.

use super::environment::servers;
use super::moment::NO_DATE;
use super::table::{Context, Table, rec_id};
use super::words::COMPANIES;

/// `BatchStatus`.
const WITHHOLD: i32 = 0;
const WAITING: i32 = 1;
const EXECUTING: i32 = 2;
const ERROR: i32 = 3;
const ENDED: i32 = 4;
const CANCELLED: i32 = 8;

const GROUPS: [(&str, &str); 4] = [
    ("", "Empty batch group"),
    ("FINANCE", "Closing and consolidation"),
    ("SUPPLY", "Planning and warehouse"),
    ("REPORTS", "Reports by night"),
];

/// Caption, the class that runs, the group, the status in production.
const JOBS: [(&str, i32, &str, i32); 10] = [
    ("Foreign currency revaluation", 3541, "FINANCE", WAITING),
    ("Post invoices of sales orders", 1823, "SUPPLY", EXECUTING),
    ("Master planning", 2260, "SUPPLY", WAITING),
    ("Inventory recalculation", 1377, "SUPPLY", WAITING),
    ("Send customer statements", 6104, "REPORTS", WAITING),
    ("Import exchange rates", 7012, "FINANCE", ERROR),
    ("Clean up staging data", 9120, "", WAITING),
    ("Archive order documents", 8803, "", WITHHOLD),
    ("Data management export queue", 9433, "", EXECUTING),
    ("Opening balance conversion", 1015, "FINANCE", ENDED),
];

const TASKS_A_JOB: u64 = 2;

pub(super) fn write(context: &Context<'_>) -> rusqlite::Result<()> {
    context
        .connection
        .execute_batch(include_str!("schema/batch.sql"))?;
    write_servers(context)?;
    write_jobs(context)?;
    write_history(context)
}

fn write_servers(context: &Context<'_>) -> rusqlite::Result<()> {
    let at = context.plan.start();
    let mut groups = context.table("BATCHGROUP", "GROUP_, DESCRIPTION")?;
    for (group, description) in GROUPS {
        groups.insert(at, &[&group, &description])?;
    }
    let mut configurations = context.table(
        "BATCHSERVERCONFIG",
        "SERVERID, STARTTIME, ENDTIME, MAXBATCHSESSIONS",
    )?;
    let mut assignments = context.table("BATCHSERVERGROUP", "SERVERID, GROUPID")?;
    let sessions = if context.plan.is_production() { 16 } else { 4 };
    for server in servers(&context.plan.environment) {
        configurations.insert(at, &[&server, &0, &86_340, &sessions])?;
        for (group, _) in GROUPS {
            assignments.insert(at, &[&server, &group])?;
        }
    }
    Ok(())
}

fn write_jobs(context: &Context<'_>) -> rusqlite::Result<()> {
    let now = context.plan.now;
    let mut jobs = context.table(
        "BATCHJOB",
        "CAPTION, STATUS, COMPANY, STARTDATETIME, ENDDATETIME, ORIGSTARTDATETIME, \
         RECURRENCEDATA, EXECUTEDBY",
    )?;
    let mut tasks = context.table(
        "BATCH",
        "BATCHJOBID, CAPTION, CLASSNUMBER, STATUS, COMPANY, GROUPID, EXECUTEDBY, SERVERID, \
         STARTDATETIME, ENDDATETIME, PARAMETERS",
    )?;
    let server = &servers(&context.plan.environment)[0];
    for (number, (caption, class, group, status)) in (0_u64..).zip(JOBS) {
        let mut chance = context.chance("batch job", number);
        let company = chance.pick(&COMPANIES);
        // A sandbox's jobs were withheld at its last refresh; two were started again since.
        let status = if context.plan.is_production() || number < 2 {
            status
        } else {
            WITHHOLD
        };
        let start = now.plus_seconds(-i64::from(chance.between(600, 80_000)));
        let job = jobs.insert(
            now,
            &[
                &caption,
                &status,
                &company.id,
                &start,
                &NO_DATE,
                &start.plus_days(-30),
                &chance.bytes(32),
                &"Admin",
            ],
        )?;
        for task in 1..=TASKS_A_JOB {
            let caption = format!("{caption}, step {task}");
            tasks.insert(
                now,
                &[
                    &job,
                    &caption,
                    &class,
                    &status,
                    &company.id,
                    &group,
                    &"Admin",
                    server,
                    &start,
                    &NO_DATE,
                    &chance.bytes(80),
                ],
            )?;
        }
    }
    Ok(())
}

/// The tables of what has run, while they are being written.
struct History<'c> {
    jobs: Table<'c>,
    tasks: Table<'c>,
    constraints: Table<'c>,
}

fn write_history(context: &Context<'_>) -> rusqlite::Result<()> {
    let mut history = History {
        jobs: context.table(
            "BATCHJOBHISTORY",
            "BATCHJOBID, CAPTION, STATUS, COMPANY, STARTDATETIME, ENDDATETIME, BATCHCREATEDBY",
        )?,
        tasks: context.table(
            "BATCHHISTORY",
            "BATCHID, BATCHJOBID, BATCHJOBHISTORYID, CAPTION, STATUS, COMPANY, GROUPID, SERVERID, \
             EXECUTEDBY, STARTDATETIME, ENDDATETIME, LOG",
        )?,
        constraints: context.table(
            "BATCHCONSTRAINTSHISTORY",
            "BATCHID, DEPENDSONBATCHID, EXPECTEDSTATUS, BATCHJOBHISTORYID",
        )?,
    };
    let servers = servers(&context.plan.environment);
    for number in 0..context.plan.batch_runs.kept {
        history.write_run(context, &servers, number)?;
    }
    Ok(())
}

impl History<'_> {
    fn write_run(
        &mut self,
        context: &Context<'_>,
        servers: &[String],
        number: u64,
    ) -> rusqlite::Result<()> {
        let mut chance = context.chance("batch run", number);
        let which = chance.below(u64::try_from(JOBS.len()).expect("ten jobs"));
        let (caption, _, group, _) = JOBS[usize::try_from(which).expect("below ten")];
        let job = rec_id(which);
        let company = chance.pick(&COMPANIES);
        let status = *chance.pick(&[ENDED, ENDED, ENDED, ENDED, ENDED, ERROR, CANCELLED]);
        let start = context.plan.moment_of(number, context.plan.batch_runs);
        let end = start.plus_seconds(i64::from(chance.between(4, 2_400)));
        let run = self.jobs.insert(
            end,
            &[&job, &caption, &status, &company.id, &start, &end, &"Admin"],
        )?;
        let server = chance.pick(servers);
        let first = which * TASKS_A_JOB;
        for task in 0..TASKS_A_JOB {
            let caption = format!("{caption}, step {}", task + 1);
            let log = (status == ERROR).then(|| chance.bytes(60));
            self.tasks.insert(
                end,
                &[
                    &rec_id(first + task),
                    &job,
                    &run,
                    &caption,
                    &status,
                    &company.id,
                    &group,
                    server,
                    &"Admin",
                    &start,
                    &end,
                    &log,
                ],
            )?;
        }
        self.constraints
            .insert(end, &[&rec_id(first + 1), &rec_id(first), &ENDED, &run])?;
        Ok(())
    }
}
