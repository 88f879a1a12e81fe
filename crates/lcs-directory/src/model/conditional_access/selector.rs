//! The words and ids that conditions list.

use std::{fmt, str::FromStr};

use lcs_types::{ClientId, NamedLocationId, ParseIdError, UserId};
use serde::{Deserialize, Serialize};

macro_rules! selector {
    (
        $(#[$meta:meta])* $name:ident {
            $( $(#[$word_meta:meta])* $word:ident, )+
            ; $(#[$id_meta:meta])* $one:ident($id:ty)
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $name {
            $( $(#[$word_meta])* $word, )+
            $(#[$id_meta])*
            $one($id),
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            /// Words in any case, as Graph reads them.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $( if text.eq_ignore_ascii_case(stringify!($word)) {
                    return Ok(Self::$word);
                } )+
                text.parse().map(Self::$one)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $( Self::$word => f.write_str(stringify!($word)), )+
                    Self::$one(id) => id.fmt(f),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseIdError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(selector: $name) -> Self {
                selector.to_string()
            }
        }
    };
}

selector! {
    /// Which users.
    UserSelector {
        /// All of them.
        All,
        /// None of them.
        None,
        /// Those of other tenants.
        GuestsOrExternalUsers,
        ;
        /// This one.
        User(UserId)
    }
}

selector! {
    /// Which resources. Graph's suites (`Office365`, `MicrosoftAdminPortals`) hold no resource of
    /// this directory and are refused as ids.
    ApplicationSelector {
        /// All of them.
        All,
        /// None of them.
        None,
        ;
        /// The one with this application id.
        Application(ClientId)
    }
}

selector! {
    /// Which addresses.
    LocationSelector {
        /// All of them.
        All,
        /// Those of the named locations that are marked as trusted.
        AllTrusted,
        ;
        /// Those of this named location.
        Location(NamedLocationId)
    }
}
