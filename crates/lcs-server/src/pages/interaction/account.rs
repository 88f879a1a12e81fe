//! Who somebody is: picking one of the accounts that are signed in, or giving a user name.

use lcs_directory::{DirectoryError, sign_in::Realm};

use super::{
    Interaction, Stage,
    form::{LoginForm, Wrong},
};
use crate::pages::visit::Visit;

impl Visit<'_> {
    pub(super) async fn pick(
        &self,
        interaction: &Interaction,
        form: &LoginForm,
    ) -> Result<Stage, Wrong> {
        let account = form
            .account
            .and_then(|index| self.session.accounts.get(index));
        let Some(account) = account else {
            return Ok(Stage::user_name(None));
        };
        let target = interaction.purpose.errand().target;
        let person = self.services.directory.person_at(target, account).await?;
        Ok(Stage::Next(Box::new(person)))
    }

    pub(super) async fn take_user_name(&self, form: &LoginForm) -> Result<Stage, Wrong> {
        let name = form.loginfmt.trim();
        let realm = self
            .services
            .directory
            .realm(name)
            .await
            .map_err(DirectoryError::from)?;
        match realm {
            Realm::Managed => Ok(Stage::Password(name.to_owned())),
            Realm::Federated(federation) => Err(Wrong::Said(format!(
                "{} signs in at its own identity provider ({}), where the local cloud cannot follow.",
                federation.domain, federation.passive_sign_in_url
            ))),
            Realm::Unknown => Err(Wrong::Said(
                "This username may be incorrect. Make sure that you typed it correctly.".to_owned(),
            )),
        }
    }
}
