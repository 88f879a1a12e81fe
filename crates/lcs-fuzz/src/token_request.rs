//! Whole requests to the token endpoints: they are answered, never a failure, and nobody gets a
//! token without one of the secrets.

use lcs_directory::DirectoryError;
use lcs_server::testing::read_form;
use lcs_wire::entra::Endpoint;

use crate::world::{CLIENT_SECRET, PASSWORD, ask, context};

/// Reads the bytes as the body of a request to either endpoint.
///
/// # Panics
///
/// When a token is issued for nothing, or the directory fails.
pub fn run(bytes: &[u8]) {
    let Ok(form) = read_form(bytes) else {
        return;
    };
    for endpoint in [Endpoint::V2, Endpoint::V1] {
        let answer = ask(|world| {
            let context = context(endpoint);
            let answer = world.directory.request_token(&form, &context);
            world.runtime.block_on(answer)
        });
        match answer {
            Ok(_) => {
                let secrets = [("password", PASSWORD), ("client_secret", CLIENT_SECRET)];
                let is_known = secrets.map(|(name, secret)| form.text(name) == Some(secret));
                assert!(is_known.contains(&true), "a token for nothing");
            }
            Err(DirectoryError::Refused(refusal)) => {
                assert!(refusal.text().starts_with("AADSTS"));
            }
            Err(DirectoryError::Failed(failure)) => {
                unreachable!("the directory failed: {failure}")
            }
        }
    }
}
