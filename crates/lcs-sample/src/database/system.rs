//! Partitions, companies, users.

use rusqlite::params;

use super::Environment;
use super::generator::fingerprint;
use super::table::{Context, PARTITION};
use super::words::{COMPANIES, FAMILY_NAMES, GIVEN_NAMES, plain};
use crate::facts;

/// A user as the application knows them.
struct ApplicationUser {
    id: String,
    name: String,
    sign_in_name: String,
    is_enabled: bool,
}

pub(super) fn write(context: &Context<'_>) -> rusqlite::Result<()> {
    context
        .connection
        .execute_batch(include_str!("schema/system.sql"))?;
    context.connection.execute(
        "INSERT INTO PARTITIONS (NAME, PARTITIONKEY, PARTITIONSTATE, RECID, RECVERSION)
         VALUES ('Initial partition', 'initial', 1, ?1, 1)",
        params![PARTITION],
    )?;
    let mut companies = context.table("DATAAREA", "ID, NAME")?;
    let start = context.plan.start();
    companies.insert(start, &[&"dat", &"Company accounts data"])?;
    for company in &COMPANIES {
        companies.insert(start, &[&company.id, &company.name])?;
    }
    write_users(context)
}

fn write_users(context: &Context<'_>) -> rusqlite::Result<()> {
    let mut users = context.table(
        "USERINFO",
        "ID, NAME, ENABLE, COMPANY, LANGUAGE, NETWORKALIAS, NETWORKDOMAIN, OBJECTID, SID",
    )?;
    let mut settings = context.table(
        "SYSUSERINFO",
        "ID, EMAIL, DEFAULTCOUNTRYREGION, SQMUSERGUID",
    )?;
    let start = context.plan.start();
    let network_domain = format!("https://sts.windows.net/{}/", facts::TENANT.domain);
    for user in application_users(context) {
        // Keyed by the name: who works in production and in a sandbox is the same person in both.
        let mut chance = context.chance("user", fingerprint(&user.sign_in_name));
        let sid = format!(
            "S-1-19-{}-{}-{}",
            chance.between(100_000_000, 999_999_999),
            chance.between(100_000_000, 999_999_999),
            chance.between(100_000_000, 999_999_999)
        );
        users.insert(
            start,
            &[
                &user.id,
                &user.name,
                &i32::from(user.is_enabled),
                &COMPANIES[0].id,
                &"en-us",
                &user.sign_in_name,
                &network_domain,
                &chance.guid().to_lowercase(),
                &sid,
            ],
        )?;
        settings.insert(
            start,
            &[&user.id, &user.sign_in_name, &"USA", &chance.guid()],
        )?;
    }
    Ok(())
}

/// The administrator, then the sample's other users, then who works in this environment.
fn application_users(context: &Context<'_>) -> Vec<ApplicationUser> {
    let mut users: Vec<ApplicationUser> = facts::USERS
        .iter()
        .zip(["Admin", "SVCLCS", "MEGANB"])
        .map(|(user, id)| ApplicationUser {
            id: id.to_owned(),
            name: user.display_name.to_owned(),
            sign_in_name: user.user_principal_name.to_owned(),
            is_enabled: true,
        })
        .collect();
    let person = |id: &str, name: &str, is_enabled| ApplicationUser {
        id: id.to_owned(),
        name: name.to_owned(),
        sign_in_name: format!("{}@{}", plain(name).replace('-', "."), facts::TENANT.domain),
        is_enabled,
    };
    // The accounts that the service itself uses.
    users.push(person(
        "RetailServiceAccount",
        "Retail Service Account",
        true,
    ));
    users.push(person("PowerPlatformApp", "Power Platform App", true));
    match &context.plan.environment {
        Environment::Production => users.extend((0_u64..24).map(|number| {
            let position = usize::try_from(number).expect("fewer than 24");
            let mut chance = context.chance("employee", number);
            let name = format!("{} {}", GIVEN_NAMES[position], chance.pick(&FAMILY_NAMES));
            // The last two have left the company.
            person(&format!("EMP{:03}", number + 1), &name, number < 22)
        })),
        Environment::Sandbox { .. } => users.extend((1..=2).map(|number| {
            person(
                &format!("TESTER{number}"),
                &format!("Tester {number}"),
                true,
            )
        })),
    }
    users
}
