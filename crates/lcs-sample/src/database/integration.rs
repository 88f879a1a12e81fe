//! What ties this environment to other systems: dual-write, business events, change tracking.

use super::environment::host_prefix;
use super::table::Context;

/// A column here and its counterpart there.
type Mapping = (&'static str, &'static str);

/// The entities that are kept in step with another system, and by which columns.
const DUAL_WRITE: [(&str, &str, [Mapping; 2]); 2] = [
    (
        "Customers V3",
        "accounts",
        [
            ("CUSTOMERACCOUNT", "accountnumber"),
            ("ORGANIZATIONNAME", "name"),
        ],
    ),
    (
        "Released products V2",
        "msdyn_sharedproductdetails",
        [
            ("ITEMNUMBER", "msdyn_itemnumber"),
            ("PRODUCTNAME", "msdyn_name"),
        ],
    ),
];

pub(super) fn write(context: &Context<'_>) -> rusqlite::Result<()> {
    context
        .connection
        .execute_batch(include_str!("schema/integration.sql"))?;
    write_dual_write(context)?;
    write_business_events(context)?;
    write_change_tracking(context)
}

fn write_dual_write(context: &Context<'_>) -> rusqlite::Result<()> {
    let at = context.plan.start();
    let mut projects = context.table(
        "DUALWRITEPROJECTCONFIGURATION",
        "PROJECTNAME, INTERNALENTITYNAME, EXTERNALENTITYNAME, EXTERNALENVIRONMENTURL, \
         EXTERNALENVIRONMENTID, STATUS",
    )?;
    let mut fields = context.table(
        "DUALWRITEPROJECTFIELDCONFIGURATION",
        "PROJECTNAME, INTERNALENTITYNAME, FIELDNAME, EXTERNALFIELDNAME",
    )?;
    let url = format!(
        "https://{}.crm.example",
        host_prefix(&context.plan.environment)
    );
    let id = context.chance("dual-write", 0).guid();
    for (entity, external, mappings) in DUAL_WRITE {
        let project = format!("{entity} - {external}");
        projects.insert(at, &[&project, &entity, &external, &url, &id, &1])?;
        for (field, external_field) in mappings {
            fields.insert(at, &[&project, &entity, &field, &external_field])?;
        }
    }
    Ok(())
}

fn write_business_events(context: &Context<'_>) -> rusqlite::Result<()> {
    let at = context.plan.start();
    let mut endpoints =
        context.table("BUSINESSEVENTSENDPOINT", "NAME, ENDPOINTTYPE, ENDPOINTID")?;
    let mut azure = context.table(
        "BUSINESSEVENTSAZUREENDPOINT",
        "ENDPOINT, KEYVAULTURL, SECRETNAME, CLIENTID, ENCRYPTEDCLIENTSECRET",
    )?;
    let mut queues = context.table(
        "BUSINESSEVENTSSERVICEBUSQUEUEENDPOINT",
        "ENDPOINT, QUEUENAME",
    )?;
    let vault = format!(
        "https://{}.vault.example",
        host_prefix(&context.plan.environment)
    );
    for (number, name) in (0..).zip(["Order events", "Invoice events"]) {
        let mut chance = context.chance("business events", number);
        let endpoint = endpoints.insert(at, &[&name, &1, &chance.guid()])?;
        let queue = name.to_lowercase().replace(' ', "-");
        queues.insert(at, &[&endpoint, &queue])?;
        let client = chance.guid().to_lowercase();
        azure.insert(
            at,
            &[
                &endpoint,
                &vault,
                &"service-bus",
                &client,
                &chance.bytes(64),
            ],
        )?;
    }
    Ok(())
}

fn write_change_tracking(context: &Context<'_>) -> rusqlite::Result<()> {
    let at = context.plan.start();
    let mut captured = context.table("AIFSQLCDCENABLEDTABLES", "TABLENAME, CAPTUREINSTANCE")?;
    let mut tracked =
        context.table("AIFSQLCHANGETRACKINGENABLEDTABLES", "TABLENAME, ENTITYNAME")?;
    let mut triggers = context.table("AIFSQLCTTRIGGERS", "TABLENAME, TRIGGERNAME")?;
    for table in ["CUSTTABLE", "SALESTABLE", "SALESLINE"] {
        triggers.insert(at, &[&table, &format!("{table}_CT")])?;
        captured.insert(at, &[&table, &format!("dbo_{table}")])?;
        tracked.insert(at, &[&table, &format!("{table}Entity")])?;
    }
    Ok(())
}
