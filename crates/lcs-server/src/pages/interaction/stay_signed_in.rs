//! *Stay signed in?*: whether the session outlives browser and server, decided anew by whoever signs in.

use lcs_directory::{DirectoryError, DirectoryFailure, SignedInUser};
use lcs_types::Secret;

use super::{
    Interaction, Stage,
    form::{LoginForm, Wrong},
};
use crate::pages::visit::Visit;

/// What the question depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent facts")]
struct Facts {
    /// Whether the person gave a password or a code just now.
    has_signed_in: bool,
    /// Whether the sign-in is for a device: the browser may be anybody's.
    is_for_device: bool,
    /// Whether the session outlives the browser already.
    is_kept: bool,
    /// Whether the tenant of the account lets people choose.
    is_offered: bool,
    /// What the person said for good, in this browser.
    remembered: Option<bool>,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Ask,
    Keep,
    LeaveAsItIs,
}

fn decide(facts: Facts) -> Verdict {
    if !facts.has_signed_in || facts.is_for_device || facts.is_kept || !facts.is_offered {
        return Verdict::LeaveAsItIs;
    }
    match facts.remembered {
        None => Verdict::Ask,
        Some(true) => Verdict::Keep,
        Some(false) => Verdict::LeaveAsItIs,
    }
}

impl Visit<'_> {
    /// Asks whether to stay signed in, if that is to be asked now.
    pub(super) async fn stay_signed_in(
        &mut self,
        interaction: &mut Interaction,
        person: Box<SignedInUser>,
    ) -> Result<(), DirectoryError> {
        let directory = &self.services.directory;
        let verdict = decide(Facts {
            has_signed_in: interaction.has_signed_in,
            is_for_device: interaction.purpose.is_device(),
            is_kept: self.session.is_kept(),
            is_offered: directory.offers_to_keep_signed_in(&person).await?,
            remembered: self.remembered_answer,
        });
        match verdict {
            Verdict::Ask => interaction.stage = Stage::StaySignedIn(person),
            Verdict::Keep => self.keep_signed_in().await?,
            Verdict::LeaveAsItIs => {}
        }
        Ok(())
    }

    /// Takes the answer.
    pub(super) async fn answer_stay_signed_in(
        &mut self,
        interaction: &mut Interaction,
        person: Box<SignedInUser>,
        form: &LoginForm,
    ) -> Result<Stage, Wrong> {
        let stays = match form.action.as_str() {
            "yes" => true,
            "no" => false,
            _ => return Ok(Stage::StaySignedIn(person)),
        };
        if stays {
            self.keep_signed_in().await.map_err(DirectoryError::from)?;
        }
        if form.dont_show_again.is_some() {
            self.answer_to_remember = Some(stays);
        }
        interaction.has_signed_in = false;
        Ok(Stage::Next(person))
    }

    /// Remembers who signed in, under a new session id. A session that outlives the browser goes on
    /// doing so when nobody new came to it; whoever is new decides for themself.
    pub(super) async fn signed_in(&mut self, person: &SignedInUser) -> Result<(), DirectoryError> {
        let (is_kept, is_known) = (self.session.is_kept(), self.session.knows(person));
        self.session.remember(person.clone());
        let sessions = self.services.browser_sessions();
        let id = sessions.rotate(&self.id, &mut self.session);
        let before = std::mem::replace(&mut self.id, id);
        if is_kept {
            let directory = &self.services.directory;
            directory.forget_session(&Secret::new(before)).await?;
            if is_known {
                self.keep_signed_in().await?;
            } else {
                self.session.keep_no_longer(self.services.clock.now());
            }
        }
        Ok(())
    }

    async fn keep_signed_in(&mut self) -> Result<(), DirectoryFailure> {
        let id = Secret::new(self.id.clone());
        let directory = &self.services.directory;
        let until = directory.keep_session(&id, &self.session.accounts).await?;
        self.session.keep_until(until);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Facts = Facts {
        has_signed_in: true,
        is_for_device: false,
        is_kept: false,
        is_offered: true,
        remembered: None,
    };

    #[test]
    fn the_question_is_asked_of_who_just_signed_in_where_it_is_offered() {
        let is_offered = false;
        let cases = [
            (ASKED, Verdict::Ask),
            (
                Facts {
                    is_offered,
                    ..ASKED
                },
                Verdict::LeaveAsItIs,
            ),
            (
                Facts {
                    has_signed_in: false,
                    ..ASKED
                },
                Verdict::LeaveAsItIs,
            ),
            (
                Facts {
                    is_for_device: true,
                    ..ASKED
                },
                Verdict::LeaveAsItIs,
            ),
            (
                Facts {
                    is_kept: true,
                    ..ASKED
                },
                Verdict::LeaveAsItIs,
            ),
            (
                Facts {
                    remembered: Some(true),
                    ..ASKED
                },
                Verdict::Keep,
            ),
            (
                Facts {
                    remembered: Some(false),
                    ..ASKED
                },
                Verdict::LeaveAsItIs,
            ),
            (
                Facts {
                    remembered: Some(true),
                    is_offered,
                    ..ASKED
                },
                Verdict::LeaveAsItIs,
            ),
        ];
        for (facts, expected) in cases {
            assert_eq!(decide(facts), expected, "{facts:?}");
        }
    }
}
