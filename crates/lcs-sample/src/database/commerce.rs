//! Commerce: profiles of channel databases, data exchange sessions, parameters, payment accounts.

use rusqlite::ToSql;

use super::environment::host_prefix;
use super::table::{Context, rec_id};

const JOBS: [&str; 3] = ["1010", "1040", "P-0001"];
const STORES: [&str; 3] = ["Seattle", "Portland", "Berlin"];

pub(super) fn write(context: &Context<'_>) -> rusqlite::Result<()> {
    context
        .connection
        .execute_batch(include_str!("schema/commerce.sql"))?;
    write_downloads(context)?;
    write_uploads(context)?;
    write_channels(context)?;
    write_parameters(context)?;
    write_payment(context)
}

fn write_downloads(context: &Context<'_>) -> rusqlite::Result<()> {
    let now = context.plan.now;
    let mut sessions = context.table(
        "RETAILCDXDOWNLOADSESSION",
        "SESSIONID, JOBID, STATUS, ROWS_",
    )?;
    let mut stores = context.table(
        "RETAILCDXDOWNLOADSESSIONDATASTORE",
        "SESSIONID, DATASTORE, STATUS",
    )?;
    let mut summaries = context.table("RETAILCDXDOWNLOADSUMMARYCACHE", "JOBID, SESSIONS")?;
    let mut versions = context.table(
        "RETAILCDXDATASYNCROWVERSION",
        "DATASTORE, TABLENAME, LASTROWVERSION",
    )?;
    for (number, job) in (0..).zip(JOBS) {
        let at = now.plus_seconds(-900 * i64::from(number));
        let session = sessions.insert(at, &[&(number + 1), &job, &4, &(140 * (number + 1))])?;
        summaries.insert(at, &[&job, &1])?;
        for store in STORES {
            stores.insert(at, &[&(session - rec_id(0) + 1), &store, &4])?;
            versions.insert(at, &[&store, &"RETAILTRANSACTIONTABLE", &(4_096 + number)])?;
        }
    }
    Ok(())
}

fn write_uploads(context: &Context<'_>) -> rusqlite::Result<()> {
    let now = context.plan.now;
    let mut sessions =
        context.table("RETAILCDXUPLOADSESSION", "SESSIONID, JOBID, STATUS, ROWS_")?;
    let mut paths = context.table("RETAILCDXUPLOADPATHHISTORY", "SESSIONID, PATH")?;
    let mut summaries = context.table("RETAILCDXUPLOADSUMMARYCACHE", "JOBID, SESSIONS")?;
    for (number, job) in (1_i32..).zip(JOBS) {
        sessions.insert(now, &[&number, &job, &4, &(35 * number)])?;
        paths.insert(now, &[&number, &format!("upload/{job}/{number:06}.zip")])?;
        summaries.insert(now, &[&job, &1])?;
    }
    Ok(())
}

fn write_channels(context: &Context<'_>) -> rusqlite::Result<()> {
    let at = context.plan.start();
    let prefix = host_prefix(&context.plan.environment);
    let mut databases = context.table("RETAILCONNDATABASEPROFILE", "NAME, CONNECTIONSTRING")?;
    let mut units = context.table("RETAILSCALEUNIT", "SCALEUNITID, NAME, URL")?;
    let mut profiles = context.table("RETAILCHANNELPROFILE", "NAME, CHANNELPROFILETYPE, URL")?;
    let mut properties = context.table(
        "RETAILCHANNELPROFILEPROPERTY",
        "CHANNELPROFILE, KEY_, VALUE",
    )?;
    let mut packages = context.table("RETAILSELFSERVICEPACKAGEINFO", "PACKAGENAME, PACKAGEURL")?;
    for (number, store) in (0_u64..).zip(STORES) {
        let connection = context.chance("channel database", number).bytes(128);
        databases.insert(at, &[&format!("{store} store"), &connection])?;
        let url = format!("https://{prefix}-scu{number}.commerce.example");
        let unit = format!("SCU{number:03}");
        units.insert(at, &[&unit, &format!("Scale unit {store}"), &url])?;
        let profile = profiles.insert(at, &[&store, &1, &url])?;
        properties.insert(at, &[&profile, &1, &format!("{url}/Commerce")])?;
        let package = format!("ModernPos.{store}.exe");
        packages.insert(at, &[&package, &format!("{url}/packages/{package}")])?;
    }
    Ok(())
}

/// The columns with the keys of the services that send telemetry.
const MONITORED: [&str; 6] = [
    "CLOUDPOSAPPINSIGHTSINSTRUMENTATIONKEY",
    "RETAILSERVERAPPINSIGHTSINSTRUMENTATIONKEY",
    "ASYNCCLIENTAPPINSIGHTSINSTRUMENTATIONKEY",
    "WINDOWSPHONEAPPINSIGHTSINSTRUMENTATIONKEY",
    "ASYNCSERVERCONNECTORSERVICEAPPINSIGHTSINSTRUMENTATIONKEY",
    "REALTIMESERVICEAX63APPINSIGHTSINSTRUMENTATIONKEY",
];

fn write_parameters(context: &Context<'_>) -> rusqlite::Result<()> {
    let columns = format!("KEY_, IDENTITYPROVIDER, TENANTID, {}", MONITORED.join(", "));
    let tenant = crate::facts::TENANT.id.to_string();
    let mut chance = context.chance("monitoring", 0);
    let keys: Vec<String> = MONITORED.iter().map(|_| chance.guid()).collect();
    let mut values: Vec<&dyn ToSql> = vec![&0, &"https://sts.windows.net/", &tenant];
    values.extend(keys.iter().map(|key| key as &dyn ToSql));
    context
        .table("RETAILSHAREDPARAMETERS", &columns)?
        .insert(context.plan.start(), &values)?;
    Ok(())
}

fn write_payment(context: &Context<'_>) -> rusqlite::Result<()> {
    let at = context.plan.start();
    let mut hardware = context.table(
        "RETAILHARDWAREPROFILE",
        "PROFILEID, NAME, SECUREMERCHANTPROPERTIES",
    )?;
    let mut accounts = context.table(
        "CREDITCARDACCOUNTSETUP",
        "PROCESSORID, NAME, MERCHANTACCOUNT, SECUREMERCHANTPROPERTIES",
    )?;
    let mut connectors = context.table(
        "RETAILCHANNELPAYMENTCONNECTORLINE",
        "CHANNEL, CONNECTORNAME, SECUREMERCHANTPROPERTIES",
    )?;
    for (number, store) in (0_u64..).zip(STORES) {
        let mut chance = context.chance("payment", number);
        let profile = format!("HW{number:03}");
        hardware.insert(at, &[&profile, &format!("Till {store}"), &chance.bytes(72)])?;
        let merchant = format!("Contoso{store}POS");
        accounts.insert(at, &[&"ADYEN", &store, &merchant, &chance.bytes(72)])?;
        connectors.insert(at, &[&store, &"ADYEN", &chance.bytes(72)])?;
    }
    Ok(())
}
