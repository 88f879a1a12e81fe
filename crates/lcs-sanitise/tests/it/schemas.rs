//! Databases as the tests see them.

use lcs_sanitise::{ColumnSchema, TableSchema};

/// A table from `"NAME: COLUMN TYPE, COLUMN TYPE!"`; `!` refuses NULL.
pub(crate) fn table(text: &str) -> TableSchema {
    let (name, columns) = text.split_once(": ").unwrap();
    TableSchema {
        name: name.to_owned(),
        columns: columns
            .split(", ")
            .map(|column| {
                let (name, declared) = column.split_once(' ').unwrap();
                ColumnSchema {
                    name: name.to_owned(),
                    declared_type: declared.trim_end_matches('!').to_owned(),
                    nullable: !declared.ends_with('!'),
                }
            })
            .collect(),
    }
}

/// A database shaped like one of finance and operations apps, in mixed spellings.
pub(crate) fn finance_and_operations() -> Vec<TableSchema> {
    [
        "LogisticsElectronicAddress: TYPE int!, Locator nvarchar(255)!, RECID bigint!",
        "SYSEMAILPARAMETERS: SMTPRELAYSERVERNAME nvarchar(255)!, MAILERNONINTERACTIVE nvarchar(20)!",
        "SYSEMAILSMTPPASSWORD: PASSWORD varbinary(max), RECID bigint!",
        "PRINTMGMTSETTINGS: RECID bigint!",
        "PRINTMGMTDOCINSTANCE: RECID bigint!",
        "UserInfo: ID nvarchar(20)!, NETWORKALIAS nvarchar(255)!, ENABLE int!, PARTITION bigint!",
        "PARTITIONS: RECID bigint!, PARTITIONKEY nvarchar(8)!",
        "DIMENSIONHASHMESSAGELOG: RECID bigint!",
        "DIMENSIONREFERENCES: RECID bigint!",
        "BATCHJOB: STATUS int!, CAPTION nvarchar(60)!",
        "BATCHJOBHISTORY: RECID bigint!",
        "BATCHHISTORY: RECID bigint!",
        "BATCHCONSTRAINTSHISTORY: RECID bigint!",
        "SYSSERVERCONFIG: RECID bigint!",
        "BATCHSERVERGROUP: RECID bigint!",
        "DOCUVALUE: STORAGEPROVIDERID int!, ACCESSINFORMATION nvarchar(max), FILE varbinary(max)",
        "DOCUDELETEDVALUE: STORAGEPROVIDERID int!, ACCESSINFORMATION nvarchar(max)",
        "SQLSYSTEMVARIABLES: PARM nvarchar(40)!, VALUE int!",
        "HCMPERSONIDENTIFICATIONNUMBER: PERSONIDENTIFICATIONNUMBER varbinary(255)!",
        "DUALWRITEPROJECTCONFIGURATION: PROJECTNAME nvarchar(100)!",
        "AIFSQLCTTRIGGERS: RECID bigint!",
        "BUSINESSEVENTSENDPOINT: RECID bigint!",
        "SYSDATABASELOG: RECID bigint!",
        "RETAILCDXUPLOADSESSION: RECID bigint!",
        "RETAILSHAREDPARAMETERS: KEY_ int!, TENANTID nvarchar(255)!",
        "CUSTTABLE: ACCOUNTNUM nvarchar(20)!, EMAIL nvarchar(80)",
    ]
    .into_iter()
    .map(table)
    .collect()
}
