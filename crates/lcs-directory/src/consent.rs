//! The consent decision: facts in, verdict out.
//!
//! What the registration lists grants nothing; what was granted decides ("Introduction to
//! permissions and consent").

use lcs_types::ClientId;

/// A delegated permission that a client wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedPermission {
    /// The resource's application id.
    pub resource: ClientId,
    /// The value.
    pub value: String,
    /// Who may consent to it.
    pub by: ConsentBy,
}

/// Who may consent to a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConsentBy {
    /// A user for themself.
    User,
    /// An administrator only.
    Administrator,
}

/// Who is there to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Person {
    /// An ordinary user.
    User,
    /// A user who may consent to everything here.
    Administrator,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// `.default`: what was granted, or else all that the registration lists.
    Default {
        /// The delegated permissions that the registration lists, of all resources.
        listed: Vec<WantedPermission>,
    },
    /// These permissions of the resource.
    These(Vec<WantedPermission>),
}

/// What the decision depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentFacts {
    /// What is asked for.
    pub wanted: Wanted,
    /// The values that count for the user on the resource: everybody's and their own.
    pub granted: Vec<String>,
    /// Who is there.
    pub person: Person,
}

/// The decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// A token may be issued with these values, sorted.
    Granted(Vec<String>),
    /// The person may be asked for these.
    Ask(Vec<WantedPermission>),
    /// Only an administrator could consent to these.
    NeedsAdministrator(Vec<WantedPermission>),
}

/// Decides.
pub fn decide(facts: &ConsentFacts) -> Consent {
    let missing: Vec<WantedPermission> = match &facts.wanted {
        Wanted::Default { .. } if !facts.granted.is_empty() => {
            return Consent::Granted(sorted(facts.granted.clone()));
        }
        Wanted::Default { listed } => listed.clone(),
        Wanted::These(wanted) => {
            let is_missing =
                |permission: &&WantedPermission| !facts.granted.contains(&permission.value);
            let missing: Vec<_> = wanted.iter().filter(is_missing).cloned().collect();
            if missing.is_empty() {
                let values = wanted
                    .iter()
                    .map(|permission| permission.value.clone())
                    .collect();
                return Consent::Granted(sorted(values));
            }
            missing
        }
    };
    let needs_administrator = facts.person == Person::User
        && missing
            .iter()
            .any(|permission| permission.by == ConsentBy::Administrator);
    if needs_administrator {
        Consent::NeedsAdministrator(missing)
    } else {
        Consent::Ask(missing)
    }
}

fn sorted(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permission(value: &str, by: ConsentBy) -> WantedPermission {
        WantedPermission {
            resource: ClientId::from_u128(1),
            value: value.to_owned(),
            by,
        }
    }

    fn facts(wanted: Wanted, granted: &[&str], person: Person) -> ConsentFacts {
        ConsentFacts {
            wanted,
            granted: granted.iter().map(|value| (*value).to_owned()).collect(),
            person,
        }
    }

    #[test]
    fn every_case_of_the_decision() {
        let read = || permission("read", ConsentBy::User);
        let manage = || permission("manage", ConsentBy::Administrator);
        let default = |listed| Wanted::Default { listed };
        let granted = |values: &[&str]| {
            Consent::Granted(values.iter().map(|value| (*value).to_owned()).collect())
        };
        let cases = [
            // `.default` gives everything that was granted, whatever is listed.
            (
                facts(default(vec![read(), manage()]), &["z", "a"], Person::User),
                granted(&["a", "z"]),
            ),
            (
                facts(default(vec![]), &["a"], Person::User),
                granted(&["a"]),
            ),
            // Nothing granted: all that is listed must be consented to.
            (
                facts(default(vec![read()]), &[], Person::User),
                Consent::Ask(vec![read()]),
            ),
            (
                facts(default(vec![read(), manage()]), &[], Person::User),
                Consent::NeedsAdministrator(vec![read(), manage()]),
            ),
            (
                facts(default(vec![read(), manage()]), &[], Person::Administrator),
                Consent::Ask(vec![read(), manage()]),
            ),
            (
                facts(default(vec![]), &[], Person::User),
                Consent::Ask(vec![]),
            ),
            // Values give exactly themselves, and only what is missing is asked.
            (
                facts(Wanted::These(vec![read()]), &["read", "x"], Person::User),
                granted(&["read"]),
            ),
            (
                facts(
                    Wanted::These(vec![read(), manage()]),
                    &["manage"],
                    Person::User,
                ),
                Consent::Ask(vec![read()]),
            ),
            (
                facts(
                    Wanted::These(vec![read(), manage()]),
                    &["read"],
                    Person::User,
                ),
                Consent::NeedsAdministrator(vec![manage()]),
            ),
        ];
        for (facts, wanted) in cases {
            assert_eq!(decide(&facts), wanted, "{facts:?}");
        }
    }
}
