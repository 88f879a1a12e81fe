//! Where files lie: the platform's own directories, or where the environment says.

use std::path::PathBuf;

use etcetera::{AppStrategyArgs, choose_app_strategy};

use super::Environment;
use crate::diagnostic::{Code, Diagnostic};

/// The folders of this user.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    config: PathBuf,
    state: PathBuf,
    data: PathBuf,
    cache_key: Option<PathBuf>,
}

impl Paths {
    /// Settles them; nothing is touched.
    ///
    /// # Errors
    ///
    /// When the user has no home directory and the environment does not say where to go.
    pub(crate) fn of(environment: &Environment) -> Result<Self, Diagnostic> {
        let strategy = choose_app_strategy(AppStrategyArgs {
            top_level_domain: "org".to_owned(),
            author: "lcs".to_owned(),
            app_name: "lcs".to_owned(),
        });
        let usual = |chosen: &Option<PathBuf>, usual: fn(&_) -> PathBuf| match (chosen, &strategy) {
            (Some(path), _) => Ok(path.clone()),
            (None, Ok(strategy)) => Ok(usual(strategy)),
            (None, Err(error)) => Err(Diagnostic::of(Code::File, error)
                .help("say where to keep files: LCS_CONFIG_DIR, LCS_STATE_DIR, LCS_DATA_DIR")),
        };
        let state = usual(&environment.state_directory, |strategy: &_| {
            state_dir(strategy)
        })?;
        Ok(Self {
            config: usual(&environment.config_directory, |strategy: &_| {
                config_dir(strategy)
            })?,
            data: environment
                .data_directory
                .clone()
                .unwrap_or_else(|| state.join("cloud")),
            state,
            cache_key: environment.cache_key_file.clone(),
        })
    }

    /// The profiles.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The token cache that is sealed with a key from a file.
    pub(crate) fn token_cache(&self) -> PathBuf {
        self.state.join("tokens.sealed")
    }

    /// The token cache that is sealed with a key from the system's key store. A file of its own,
    /// so that no key is ever tried on what the other one sealed.
    pub(crate) fn key_store_token_cache(&self) -> PathBuf {
        self.state.join("tokens.key-store.sealed")
    }

    /// The key of the token cache: the user's own, or one in another folder than the cache.
    pub(crate) fn cache_key(&self) -> PathBuf {
        self.cache_key
            .clone()
            .unwrap_or_else(|| self.config.join("keys").join("token-cache.key"))
    }

    /// The journal of the operations that were started.
    pub(crate) fn operations(&self) -> PathBuf {
        self.state.join("operations.jsonl")
    }

    /// The names that the shell offers to complete.
    pub(crate) fn known_names(&self) -> PathBuf {
        self.state.join("names")
    }

    /// The assets that are being uploaded.
    pub(crate) fn uploads(&self) -> PathBuf {
        self.state.join("uploads")
    }

    /// What set-ups did, so that they can be undone.
    pub(crate) fn setup_records(&self) -> PathBuf {
        self.state.join("setup")
    }

    /// The local cloud's data directory: as asked, or the usual one.
    pub(crate) fn data_directory(&self, asked: Option<&PathBuf>) -> PathBuf {
        asked.cloned().unwrap_or_else(|| self.data.clone())
    }
}

fn config_dir(strategy: &impl etcetera::AppStrategy) -> PathBuf {
    strategy.config_dir()
}

/// Platforms without a directory for state have one for data.
fn state_dir(strategy: &impl etcetera::AppStrategy) -> PathBuf {
    strategy.state_dir().unwrap_or_else(|| strategy.data_dir())
}
