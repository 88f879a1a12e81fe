//! The global address book: parties with their postal, e-mail and telephone addresses.

use super::generator::Generator;
use super::moment::Moment;
use super::table::{Context, Table};
use super::words::{
    BUSINESS_FIRST_WORDS, BUSINESS_SECOND_WORDS, Company, FAMILY_NAMES, GIVEN_NAMES, plain,
};

/// The end of validity of what is still valid.
const FOREVER: &str = "2154-12-31 23:59:59";
/// `LogisticsElectronicAddressMethodType`.
const PHONE: i32 = 1;
const EMAIL: i32 = 2;

/// A person or an organization, before it is a customer or a vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Party {
    pub(super) name: String,
    is_person: bool,
}

impl Party {
    /// A party: this many in a hundred are people.
    pub(super) fn draw(chance: &mut Generator, people_percent: u32) -> Self {
        let is_person = chance.happens(people_percent);
        let (first, second) = if is_person {
            (*chance.pick(&GIVEN_NAMES), *chance.pick(&FAMILY_NAMES))
        } else {
            (
                *chance.pick(&BUSINESS_FIRST_WORDS),
                *chance.pick(&BUSINESS_SECOND_WORDS),
            )
        };
        Self {
            name: format!("{first} {second}"),
            is_person,
        }
    }
}

/// The address book, while it is being filled.
pub(super) struct AddressBook<'c> {
    parties: Table<'c>,
    locations: Table<'c>,
    links: Table<'c>,
    postal: Table<'c>,
    electronic: Table<'c>,
    has_email: bool,
    count: u64,
}

impl<'c> AddressBook<'c> {
    pub(super) fn open(context: &Context<'c>) -> rusqlite::Result<Self> {
        context
            .connection
            .execute_batch(include_str!("schema/parties.sql"))?;
        Ok(Self {
            parties: context.table(
                "DIRPARTYTABLE",
                "NAME, NAMEALIAS, PARTYNUMBER, PARTYTYPE, LANGUAGEID, PRIMARYADDRESSLOCATION",
            )?,
            locations: context.table(
                "LOGISTICSLOCATION",
                "LOCATIONID, DESCRIPTION, ISPOSTALADDRESS",
            )?,
            links: context.table(
                "DIRPARTYLOCATION",
                "PARTY, LOCATION, ISPRIMARY, ISPOSTALADDRESS",
            )?,
            postal: context.table(
                "LOGISTICSPOSTALADDRESS",
                "LOCATION, ADDRESS, STREET, CITY, STATE, ZIPCODE, COUNTRYREGIONID, VALIDFROM, \
                 VALIDTO",
            )?,
            electronic: context.table(
                "LOGISTICSELECTRONICADDRESS",
                "LOCATION, TYPE, LOCATOR, DESCRIPTION, ISPRIMARY",
            )?,
            // A sandbox's e-mail addresses were blanked at its last refresh.
            has_email: context.plan.is_production(),
            count: 0,
        })
    }

    /// Enters a party of a company's country with its addresses and returns its record id.
    pub(super) fn enter(
        &mut self,
        party: &Party,
        company: &Company,
        at: Moment,
        chance: &mut Generator,
    ) -> rusqlite::Result<i64> {
        self.count += 1;
        let number = format!("{:09}", self.count);
        let alias: String = plain(&party.name).chars().take(20).collect();
        let kind = if party.is_person { 1 } else { 2 };
        let postal_location = self.locations.next_id();
        let id = self.parties.insert(
            at,
            &[
                &party.name,
                &alias,
                &number,
                &kind,
                &company.language,
                &postal_location,
            ],
        )?;
        self.add_postal_address(id, company, at, chance)?;
        self.add_electronic_addresses(id, party, company, (at, chance))?;
        Ok(id)
    }

    fn add_postal_address(
        &mut self,
        party: i64,
        company: &Company,
        at: Moment,
        chance: &mut Generator,
    ) -> rusqlite::Result<()> {
        let location = self.add_location(party, "Main address", 1, at)?;
        let city = chance.pick(company.cities);
        let street = chance.pick(company.streets);
        let house = chance.between(1, 420);
        let street = if company.country == "DEU" {
            format!("{street} {house}")
        } else {
            format!("{house} {street}")
        };
        let missing = 5 - city.postal_prefix.len();
        let postal_code: String = city
            .postal_prefix
            .chars()
            .chain(
                format!("{:05}", chance.between(0, 99_999))
                    .chars()
                    .take(missing),
            )
            .collect();
        let address = format!(
            "{street}\n{}, {} {postal_code}\n{}",
            city.name, city.state, company.country
        );
        self.postal.insert(
            at,
            &[
                &location,
                &address,
                &street,
                &city.name,
                &city.state,
                &postal_code,
                &company.country,
                &at,
                &FOREVER,
            ],
        )?;
        Ok(())
    }

    fn add_electronic_addresses(
        &mut self,
        party: i64,
        of: &Party,
        company: &Company,
        (at, chance): (Moment, &mut Generator),
    ) -> rusqlite::Result<()> {
        let location = self.add_location(party, "Contact", 0, at)?;
        let phone = format!("{}{:02}", company.dialling_code, chance.between(0, 99));
        self.electronic
            .insert(at, &[&location, &PHONE, &phone, &"Telephone", &1])?;
        let name = plain(&of.name);
        let email = if of.is_person {
            format!("{}.{}@mail.example", name.replace('-', "."), self.count)
        } else {
            format!("office@{name}-{}.example", self.count)
        };
        let email = if self.has_email { email } else { String::new() };
        self.electronic
            .insert(at, &[&location, &EMAIL, &email, &"E-mail", &1])?;
        Ok(())
    }

    fn add_location(
        &mut self,
        party: i64,
        description: &str,
        is_postal: i32,
        at: Moment,
    ) -> rusqlite::Result<i64> {
        let number = format!("L{:09}", self.locations.next_id() - super::table::rec_id(0));
        let location = self
            .locations
            .insert(at, &[&number, &description, &is_postal])?;
        self.links
            .insert(at, &[&party, &location, &1, &is_postal])?;
        Ok(location)
    }
}
