//! A refusal with the values that its text, its claims and its sub error take from one request.

use super::Aadsts;

/// A refusal together with the values of its placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which refusal.
    pub aadsts: Aadsts,
    /// JSON that the client sends back as `claims` to get further, such as the policies that are
    /// to be satisfied.
    pub claims: Option<String>,
    suberror: Option<&'static str>,
    values: Vec<(&'static str, String)>,
}

impl Refusal {
    /// A refusal whose text needs no values, or gets them by [`Refusal::with`].
    pub const fn new(aadsts: Aadsts) -> Self {
        Self {
            aadsts,
            claims: None,
            suberror: None,
            values: Vec::new(),
        }
    }

    /// Gives a placeholder its value.
    #[must_use]
    pub fn with(mut self, placeholder: &'static str, value: impl Into<String>) -> Self {
        self.values.push((placeholder, value.into()));
        self
    }

    /// The value of a placeholder.
    pub fn value(&self, placeholder: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(name, _)| *name == placeholder)
            .map(|(_, value)| value.as_str())
    }

    /// Hands the client JSON to send back as `claims`.
    #[must_use]
    pub fn with_claims(mut self, claims: impl Into<String>) -> Self {
        self.claims = Some(claims.into());
        self
    }

    /// Answers another sub error than the catalogue's.
    #[must_use]
    pub const fn with_suberror(mut self, suberror: &'static str) -> Self {
        self.suberror = Some(suberror);
        self
    }

    /// The sub error: that of this refusal, else the catalogue's.
    pub const fn suberror(&self) -> Option<&'static str> {
        match self.suberror {
            Some(suberror) => Some(suberror),
            None => self.aadsts.row().suberror,
        }
    }

    /// `AADSTSnnnn: ` and the text with its values, control characters removed.
    pub fn text(&self) -> String {
        let row = self.aadsts.row();
        let mut filled = String::with_capacity(row.text.len() + 64);
        let mut rest = row.text;
        while let Some((before, (name, after))) = rest
            .split_once('{')
            .and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
        {
            filled.push_str(before);
            let value = self.value(name).unwrap_or_default();
            filled.extend(value.chars().filter(|c| !c.is_control()));
            rest = after;
        }
        filled.push_str(rest);
        format!("AADSTS{}: {filled}", row.code)
    }
}

impl From<Aadsts> for Refusal {
    fn from(aadsts: Aadsts) -> Self {
        Self::new(aadsts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_control_characters_dropped() {
        let refusal = Refusal::new(Aadsts::MissingParameter).with("parameter", "scope\r\n");
        assert_eq!(
            refusal.text(),
            "AADSTS900144: The request body must contain the following parameter: 'scope'."
        );
    }

    #[test]
    fn a_sub_error_of_the_request_stands_instead_of_the_usual_one() {
        let usual = Refusal::new(Aadsts::BlockedByConditionalAccess);
        assert_eq!(usual.suberror(), Some("message_only"));
        let other = usual.with_suberror("additional_action");
        assert_eq!(other.suberror(), Some("additional_action"));
    }
}
