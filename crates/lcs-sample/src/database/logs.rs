//! Logs and caches: what changed in which record, and the state of the financial dimensions.

use rusqlite::ToSql;

use super::table::{Context, rec_id};

/// Number and name of the tables whose changes are logged, and the column that is watched.
const LOGGED: [(i32, &str, i32); 3] = [
    (77, "CUSTTABLE", 19),
    (505, "VENDTABLE", 12),
    (175, "INVENTTABLE", 31),
];

pub(super) fn write(context: &Context<'_>) -> rusqlite::Result<()> {
    context
        .connection
        .execute_batch(include_str!("schema/logs.sql"))?;
    write_database_log(context)?;
    write_dimension_logs(context)
}

fn write_database_log(context: &Context<'_>) -> rusqlite::Result<()> {
    let mut watched = context.table("DATABASELOG", "LOGTABLE, LOGFIELD, LOGTYPE")?;
    for (table, _, field) in LOGGED {
        for kind in 0..3 {
            watched.insert(context.plan.start(), &[&table, &field, &kind])?;
        }
    }
    let mut changes = context.table(
        "SYSDATABASELOG",
        "TABLE_, LOGTYPE, LOGRECID, USERNAME, DESCRIPTION, DATA, CREATEDDATETIME",
    )?;
    for number in 0..context.plan.changes.kept {
        let mut chance = context.chance("change", number);
        let at = context.plan.moment_of(number, context.plan.changes);
        let (table, name, _) = chance.pick(&LOGGED);
        let record = rec_id(chance.below(context.plan.vendors));
        let user = *chance.pick(&["Admin", "MEGANB", "EMP004", "EMP011"]);
        let description = format!("{name}: update");
        let before_and_after = chance.bytes(90);
        changes.insert(
            at,
            &[
                table,
                &1,
                &record,
                &user,
                &description,
                &before_and_after,
                &at,
            ],
        )?;
    }
    Ok(())
}

/// Cost centres that the dimension framework has something to say about.
const COST_CENTRES: [&str; 6] = ["001", "002", "010", "022", "042", "080"];

/// The tables that the dimension framework keeps for itself: name, columns, and what a row holds,
/// with `#` for a cost centre. Numbers may be text here: the columns' types make them numbers.
const DIMENSION_TABLES: [(&str, &str, &[&str]); 8] = [
    (
        "DIMENSIONHASHMESSAGELOG",
        "HASHMESSAGE, RECORDTYPE",
        &["MainAccount/605110,CostCentre/#", "1"],
    ),
    (
        "DIMENSIONDATAINTEGRITYLOG",
        "MESSAGE, SEVERITY",
        &["Cost centre # is used and blocked", "2"],
    ),
    (
        "DIMENSIONVALUERENAMEAUDIT",
        "OLDVALUE, NEWVALUE, DIMENSION",
        &["#X", "#", "CostCentre"],
    ),
    (
        "DIMENSIONVALUEDELETEAUDIT",
        "DELETEDVALUE, DIMENSION",
        &["9#", "CostCentre"],
    ),
    (
        "DIMENSIONATTRIBUTEVALUECOMBINATIONSTATUS",
        "COMBINATION, STATUS",
        &["5637144576", "1"],
    ),
    (
        "DIMENSIONATTRIBUTEVALUEGROUPSTATUS",
        "VALUEGROUP, STATUS",
        &["5637144576", "1"],
    ),
    (
        "DIMENSIONDATAENTITYSFKCACHE",
        "ENTITYNAME, CACHEKEY",
        &["LedgerJournalEntity", "#"],
    ),
    (
        "DIMENSIONREFERENCES",
        "TABLENAME, FIELDNAME, REFERENCES_",
        &["CUSTTABLE", "DEFAULTDIMENSION", "12"],
    ),
];

fn write_dimension_logs(context: &Context<'_>) -> rusqlite::Result<()> {
    for (name, columns, cells) in DIMENSION_TABLES {
        let mut table = context.table(name, columns)?;
        for centre in COST_CENTRES {
            let values: Vec<String> = cells.iter().map(|cell| cell.replace('#', centre)).collect();
            let values: Vec<&dyn ToSql> = values.iter().map(|value| value as &dyn ToSql).collect();
            table.insert(context.plan.now, &values)?;
        }
    }
    Ok(())
}
