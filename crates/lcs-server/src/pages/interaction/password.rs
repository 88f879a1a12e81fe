//! The password: giving it, and choosing a new one where it must be changed.

use lcs_directory::{
    PageSignIn,
    sign_in::{HomeIdentity, NewPasswordRejected},
};
use lcs_types::Secret;

use super::{
    Interaction, Stage,
    form::{LoginForm, Wrong},
};
use crate::pages::visit::Visit;

impl Visit<'_> {
    pub(super) async fn take_password(
        &mut self,
        interaction: &Interaction,
        name: String,
        form: &LoginForm,
    ) -> Result<Stage, Wrong> {
        let password = form.passwd.clone().unwrap_or_else(|| Secret::new(""));
        let target = interaction.purpose.errand().target;
        match self
            .services
            .directory
            .sign_in(target, &name, &password)
            .await?
        {
            PageSignIn::MustChangePassword(identity) => Ok(Stage::NewPassword { name, identity }),
            PageSignIn::SignedIn(person) => {
                self.signed_in(&person).await?;
                Ok(Stage::Next(person))
            }
        }
    }

    pub(super) async fn take_new_password(
        &mut self,
        name: String,
        identity: HomeIdentity,
        form: &LoginForm,
    ) -> Result<Stage, Wrong> {
        let empty = || Secret::new("");
        let new = form.newpasswd.clone().unwrap_or_else(empty);
        if form.confirmnewpasswd.as_ref() != Some(&new) {
            return Err(Wrong::Said("The two new passwords differ.".to_owned()));
        }
        let old = form.oldpasswd.clone().unwrap_or_else(empty);
        let changed = self
            .services
            .directory
            .change_own_password(identity, &old, &new)
            .await?;
        match changed {
            Ok(()) => Ok(Stage::Password(name)),
            Err(NewPasswordRejected::Length) => Err(Wrong::Said(
                "A password has 8 to 256 characters.".to_owned(),
            )),
            Err(NewPasswordRejected::TooSimple) => Err(Wrong::Said(
                "A password has characters of three of these kinds: small letters, capital letters, digits, symbols.".to_owned(),
            )),
            Err(NewPasswordRejected::SameAsOld) => Err(Wrong::Said(
                "Choose a password that is not the current one.".to_owned(),
            )),
        }
    }
}
