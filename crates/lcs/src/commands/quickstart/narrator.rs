//! How the story is told: chapters and lines on standard error, so that standard output stays for
//! the summary.

use super::QuickstartSettings;
use crate::output::Output;

/// Tells; silent with `-q`.
#[derive(Debug, Clone)]
pub(super) struct Narrator<'output> {
    output: &'output Output,
}

impl<'output> Narrator<'output> {
    pub(super) const fn new(output: &'output Output) -> Self {
        Self { output }
    }

    /// Whether lines may be drawn over.
    pub(super) const fn is_live(&self) -> bool {
        self.output.terminals.stderr && !self.output.quiet
    }

    pub(super) fn chapter(&self, number: u8, title: &str) {
        self.output.note(&format!("\n{number}/5  {title}"));
    }

    pub(super) fn line(&self, text: &str) {
        self.output.note(&format!("     {text}"));
    }

    /// A table of names and numbers, the numbers right-aligned; at most `most` rows.
    pub(super) fn rows(&self, rows: &[(String, u64)], most: usize) {
        let width = rows
            .iter()
            .take(most)
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        for (name, number) in rows.iter().take(most) {
            self.line(&format!("  {name:<width$}  {:>9}", grouped(*number)));
        }
        if let Some(rest) = rows.len().checked_sub(most).filter(|rest| *rest > 0) {
            let number: u64 = rows[most..].iter().map(|(_, number)| number).sum();
            self.line(&format!(
                "  … and {rest} more with {} rows",
                grouped(number)
            ));
        }
    }

    pub(super) fn what_next(&self, settings: &QuickstartSettings) {
        let directory = settings.data_directory.display();
        self.output.note(&format!(
            "\nWhat next? Leave this running in one terminal:\n\n  \
             lcs serve --data-dir \"{directory}\"\n\n\
             and try in another (the profile `local` is in place):\n\n  \
             lcs env list\n  \
             lcs db backups\n  \
             lcs db refresh --source Contoso-PROD --target Contoso-TEST --plan\n  \
             lcs token --decode\n  \
             lcs local credentials --data-dir \"{directory}\"\n"
        ));
    }
}

/// A number with a space between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1 000");
        assert_eq!(grouped(1_234_567), "1 234 567");
    }
}
