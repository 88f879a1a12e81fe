//! Which token cache this user has: the system's key store where there is one, otherwise a sealed
//! file, or memory when that is asked for. Never a plain file.

use std::{sync::Arc, time::Duration};

use clap::ValueEnum;
use lcs_signin::{CacheError, CacheKey, TokenCache};
use lcs_types::SystemRandomness;

use super::Context;
use crate::diagnostic::{Code, Diagnostic};

/// How long a person at a terminal may take to unlock the key store.
const UNLOCKING: Duration = Duration::from_mins(1);
/// How long a key store may take where nobody sits.
const ANSWERING: Duration = Duration::from_secs(5);

/// What the user may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Asked {
    Auto,
    KeyStore,
    File,
    Memory,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    KeyStore,
    /// The key store, or a file where there is none.
    KeyStoreOrFile,
    File,
    Memory,
}

/// Facts in, choice out. A key file that is there has a cache that it opens: switching to the key
/// store behind the user's back would sign everybody out.
const fn choose(asked: Asked, has_own_key: bool, has_key_file: bool) -> Choice {
    match asked {
        Asked::Memory => Choice::Memory,
        Asked::KeyStore => Choice::KeyStore,
        Asked::File => Choice::File,
        Asked::Auto if has_own_key || has_key_file => Choice::File,
        Asked::Auto => Choice::KeyStoreOrFile,
    }
}

/// The token cache of this user, the same one for the whole command.
pub(super) fn open(context: &Context) -> Result<Arc<TokenCache>, Diagnostic> {
    if let Some(cache) = context.cache.get() {
        return Ok(Arc::clone(cache));
    }
    let cache = Arc::new(chosen(context)?);
    Ok(Arc::clone(context.cache.get_or_init(|| cache)))
}

fn chosen(context: &Context) -> Result<TokenCache, Diagnostic> {
    let environment = &context.environment;
    let asked = match &environment.cache {
        None => Asked::Auto,
        Some(word) => Asked::from_str(word, true).map_err(|_| {
            Diagnostic::new(
                Code::InvalidSetting,
                format!("tokens cannot be kept in `{word}`"),
            )
            .help("LCS_CACHE is auto, key-store, file or memory")
        })?,
    };
    let has_own_key = environment.cache_key_file.is_some();
    Ok(
        match choose(asked, has_own_key, context.paths.cache_key().exists()) {
            Choice::Memory => TokenCache::in_memory(),
            Choice::File => in_file(context)?,
            Choice::KeyStore => with_key_store(context)?,
            Choice::KeyStoreOrFile => match with_key_store(context) {
                Ok(cache) => cache,
                Err(CacheError::KeyStore(reason)) => {
                    // Somebody signed in where the key store was at hand.
                    if context.paths.key_store_token_cache().exists() {
                        context.output.warning(&format!(
                        "a sign-in is kept with the system's key store, which cannot be used here \
                         ({reason}); this one goes into a sealed file"
                    ));
                    }
                    in_file(context)?
                }
                Err(error) => return Err(error.into()),
            },
        },
    )
}

/// Forgets every sign-in, and counts those of the cache in use. What the other place holds goes
/// without being opened, and so does the key that was made for a file: the next sign-in finds its
/// place anew.
pub(super) async fn forget_all(context: &Context) -> Result<usize, Diagnostic> {
    let forgotten = open(context)?.clear().await?;
    let paths = &context.paths;
    let mut files = vec![paths.token_cache(), paths.key_store_token_cache()];
    if context.environment.cache_key_file.is_none() {
        files.push(paths.cache_key());
    }
    for file in files {
        match std::fs::remove_file(&file) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Diagnostic::file("remove", &file, &error)),
        }
    }
    Ok(forgotten)
}

fn in_file(context: &Context) -> Result<TokenCache, CacheError> {
    let (path, key) = (context.paths.token_cache(), context.paths.cache_key());
    TokenCache::open_with_key_file(path, &key, Arc::new(SystemRandomness))
}

fn with_key_store(context: &Context) -> Result<TokenCache, CacheError> {
    let path = context.paths.key_store_token_cache();
    let patience = if context.output.terminals.can_ask() {
        UNLOCKING
    } else {
        ANSWERING
    };
    TokenCache::open_with_key_store(path, Arc::new(SystemRandomness), patience)
}

/// The key that exported sessions are sealed with, if the user has one.
pub(super) fn session_key(context: &Context) -> Result<Option<CacheKey>, Diagnostic> {
    let environment = &context.environment;
    match (&environment.session_key, &environment.session_key_file) {
        (Some(text), _) => CacheKey::parse(text.expose().as_bytes())
            .map(Some)
            .ok_or_else(|| {
                Diagnostic::new(Code::InvalidSetting, "LCS_SESSION_KEY holds no key").help(
                    "it takes 32 bytes in base64 or hexadecimal, for example from: openssl rand \
                     -base64 32",
                )
            }),
        (None, Some(path)) => Ok(Some(CacheKey::read(path)?)),
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_store_is_taken_where_no_key_file_is_in_use() {
        for (asked, has_own_key, has_key_file, choice) in [
            (Asked::Auto, false, false, Choice::KeyStoreOrFile),
            (Asked::Auto, true, false, Choice::File),
            (Asked::Auto, false, true, Choice::File),
            (Asked::KeyStore, true, true, Choice::KeyStore),
            (Asked::File, false, false, Choice::File),
            (Asked::Memory, true, true, Choice::Memory),
        ] {
            assert_eq!(
                choose(asked, has_own_key, has_key_file),
                choice,
                "{asked:?}"
            );
        }
    }
}
