//! The second factor: the code of an authenticator app, and setting one up.

use lcs_directory::{SignedInUser, totp::TotpSecret};
use lcs_types::Secret;

use super::{
    Stage,
    form::{LoginForm, Wrong},
};
use crate::pages::visit::Visit;

impl Visit<'_> {
    pub(super) async fn take_code(
        &mut self,
        person: &SignedInUser,
        form: &LoginForm,
    ) -> Result<Stage, Wrong> {
        let code = form.otc.clone().unwrap_or_else(|| Secret::new(""));
        let person = self
            .services
            .directory
            .give_one_time_code(person, &code)
            .await?;
        self.signed_in(&person).await?;
        Ok(Stage::Next(Box::new(person)))
    }

    pub(super) async fn enrol(
        &mut self,
        person: &SignedInUser,
        secret: TotpSecret,
        form: &LoginForm,
    ) -> Result<Stage, Wrong> {
        let code = form.otc.clone().unwrap_or_else(|| Secret::new(""));
        let person = self
            .services
            .directory
            .enrol_totp(person, secret, &code)
            .await?;
        self.signed_in(&person).await?;
        Ok(Stage::Next(Box::new(person)))
    }
}
