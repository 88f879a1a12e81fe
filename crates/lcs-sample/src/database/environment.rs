//! What belongs to one environment alone: mail, servers, sessions, printers, tokens, switches.

use super::Environment;
use super::table::Context;
use super::words::plain;
use crate::facts;

pub(super) fn write(context: &Context<'_>) -> rusqlite::Result<()> {
    context
        .connection
        .execute_batch(include_str!("schema/environment.sql"))?;
    write_switches(context)?;
    write_mail(context)?;
    write_servers(context)?;
    write_sessions(context)?;
    write_credentials(context)
}

/// The environment's name as it occurs in host names.
pub(super) fn host_prefix(environment: &Environment) -> String {
    match environment {
        Environment::Production => "contoso-prod".to_owned(),
        // Cut, because names of environments may be longer than the columns for servers.
        Environment::Sandbox { name } => match plain(name) {
            prefix if prefix.is_empty() => "sandbox".to_owned(),
            prefix => prefix.chars().take(30).collect(),
        },
    }
}

/// The names of the environment's servers: production has more.
pub(super) fn servers(environment: &Environment) -> Vec<String> {
    let (stamp, count) = match environment {
        Environment::Production => ("P", 4),
        Environment::Sandbox { .. } => ("S", 2),
    };
    let prefix = host_prefix(environment).to_uppercase();
    (1..=count)
        .map(|number| format!("Batch:{prefix}-AOS{stamp}{number:02}"))
        .collect()
}

fn write_switches(context: &Context<'_>) -> rusqlite::Result<()> {
    let mut variables = context
        .connection
        .prepare("INSERT INTO SQLSYSTEMVARIABLES (PARM, VALUE) VALUES (?1, ?2)")?;
    // Production stands in maintenance mode, so that one sees a refresh take it back.
    let maintenance = if context.plan.is_production() {
        "1"
    } else {
        "0"
    };
    for (name, value) in [
        ("CONFIGURATIONMODE", maintenance),
        ("GLOBALCOMPANYID", "DAT"),
        ("SYNCVERSION", "7.0.7778"),
    ] {
        variables.execute([name, value])?;
    }
    let mut settings = context.table("SYSGLOBALCONFIGURATION", "NAME, VALUE")?;
    for (name, value) in [("BACKENDDB", "SQLAZURE"), ("TEMPTABLEINAXDB", "1")] {
        settings.insert(context.plan.start(), &[&name, &value])?;
    }
    Ok(())
}

fn write_mail(context: &Context<'_>) -> rusqlite::Result<()> {
    let (host, account) = match &context.plan.environment {
        Environment::Production => ("smtp.contoso.example".to_owned(), "erp".to_owned()),
        Environment::Sandbox { .. } => {
            let prefix = host_prefix(&context.plan.environment);
            (format!("mailtrap.{prefix}.contoso.example"), prefix)
        }
    };
    let address = format!("{account}@contoso.example");
    let at = context.plan.start();
    context
        .table(
            "SYSEMAILPARAMETERS",
            "SMTPRELAYSERVERNAME, SMTPPORTNUMBER, SMTPUSERNAME, SMTPREQUIRESSL, \
             MAILERNONINTERACTIVE, SYSTEMEMAILADDRESS",
        )?
        .insert(at, &[&host, &587, &address, &1, &"SMTP", &address])?;
    let password = context.chance("mail password", 0).bytes(64);
    context
        .table("SYSEMAILSMTPPASSWORD", "SMTPUSERNAME, PASSWORD")?
        .insert(at, &[&address, &password])?;
    Ok(())
}

fn write_servers(context: &Context<'_>) -> rusqlite::Result<()> {
    let at = context.plan.start();
    let mut configurations = context.table("SYSSERVERCONFIG", "SERVERID, ENABLEBATCH")?;
    let mut printers = context.table(
        "SYSCORPNETPRINTERS",
        "PRINTERNAME, PRINTERPATH, ACTIVE, SERVERID",
    )?;
    let prefix = host_prefix(&context.plan.environment);
    for (server, place) in servers(&context.plan.environment).iter().zip([
        "Warehouse",
        "Accounting",
        "Shipping",
        "Reception",
    ]) {
        configurations.insert(at, &[server, &1])?;
        let path = format!(r"\\print.{prefix}.contoso.example\{place}");
        printers.insert(at, &[&format!("{place} printer"), &path, &1, server])?;
    }
    Ok(())
}

fn write_sessions(context: &Context<'_>) -> rusqlite::Result<()> {
    let now = context.plan.now;
    let mut instances = context.table(
        "SYSSERVERSESSIONS",
        "SERVERID, AOSID, AOSNAME, STATUS, LOGINDATETIME, LASTUPDATEDATETIME",
    )?;
    for (number, server) in (1_u32..).zip(servers(&context.plan.environment)) {
        let name = server.trim_start_matches("Batch:");
        let since = now.plus_days(-i64::from(number));
        instances.insert(now, &[&number, &server, &name, &1, &since, &now])?;
    }
    let mut clients = context.table(
        "SYSCLIENTSESSIONS",
        "SESSIONID, SERVERID, USERID, CLIENTTYPE, CLIENTCOMPUTER, STATUS, LOGINDATETIME, \
         USERLANGUAGE",
    )?;
    for (number, user) in (1_u32..).zip(["Admin", "MEGANB", "SVCLCS", "Admin"]) {
        let since = now.plus_seconds(-600 * i64::from(number));
        let computer = format!("WORKSTATION-{:03}", number * 7);
        clients.insert(
            now,
            &[&number, &1, &user, &5, &computer, &1, &since, &"en-us"],
        )?;
    }
    Ok(())
}

/// What the application stores encrypted with the environment's own certificate.
fn write_credentials(context: &Context<'_>) -> rusqlite::Result<()> {
    let now = context.plan.now;
    let mut tokens = context.table(
        "SYSOAUTHUSERTOKENS",
        "USERID, SERVER, ENCRYPTEDACCESSTOKEN, ENCRYPTEDREFRESHTOKEN, EXPIRATIONDATETIME",
    )?;
    for (number, user) in (0..).zip(["Admin", "MEGANB"]) {
        let mut chance = context.chance("user token", number);
        let server = format!("https://{}.sharepoint.example", facts::TENANT.display_name);
        let expires = now.plus_seconds(3600);
        tokens.insert(
            now,
            &[
                &user,
                &server,
                &chance.bytes(96),
                &chance.bytes(96),
                &expires,
            ],
        )?;
    }
    let mut identifications = context.table(
        "HCMPERSONIDENTIFICATIONNUMBER",
        "PERSON, IDENTIFICATIONTYPE, PERSONIDENTIFICATIONNUMBER",
    )?;
    for (number, person) in (0..).zip(["Anna Keller", "Ben Novak", "Carla Rossi"]) {
        let encrypted = context.chance("identification", number).bytes(40);
        identifications.insert(now, &[&person, &"Passport", &encrypted])?;
    }
    let mut rates = context.table(
        "EXCHANGERATEPROVIDERCONFIGURATIONDETAILS",
        "PROVIDERID, NAME, VALUE",
    )?;
    let mut chance = context.chance("exchange rates", 0);
    let provider = chance.guid();
    for name in ["ServiceTimeout", "ApiKey"] {
        rates.insert(now, &[&provider, &name, &chance.bytes(48)])?;
    }
    Ok(())
}
