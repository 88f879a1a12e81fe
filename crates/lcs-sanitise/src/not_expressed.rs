//! What the published lists name and no rule on a relational copy can express.

use crate::direction::Direction;

/// An element of a published list for which there is no rule, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotExpressed {
    /// The element, in the words of the list.
    pub element: &'static str,
    /// Where the list names it.
    pub directions: &'static [Direction],
    /// Why there is no rule.
    pub because: &'static str,
}

const REFRESHES: &[Direction] = &[
    Direction::ProductionToSandbox,
    Direction::SandboxToSandbox,
    Direction::SandboxToProduction,
];

/// Everything that the published lists name and the rules leave out, whole or in part.
pub const NOT_EXPRESSED: &[NotExpressed] = &[
    NotExpressed {
        element: "the files behind DocuValue and DocuDeletedValue",
        directions: &Direction::ALL,
        because: "files stand outside the database and are never copied; the rules cut the links \
                  that rows hold",
    },
    NotExpressed {
        element: "custom Office templates (DocuTemplate)",
        directions: &Direction::ALL,
        because: "templates are files outside the database; the lists do not name a column that \
                  links to them, so the rows stay as they are",
    },
    NotExpressed {
        element: "the target's own files stay",
        directions: REFRESHES,
        because: "file stores are not part of a database movement here, so they are not touched",
    },
    NotExpressed {
        element: "Microsoft-encrypted fields beyond the published names",
        directions: &Direction::ALL,
        because: "the lists give examples, and whether a value is encrypted cannot be seen in a \
                  copy; further columns belong into the user's own rules",
    },
    NotExpressed {
        element: "change tracking of SQL Server itself",
        directions: REFRESHES,
        because: "it is a setting of the server's tables, not data; the rules empty the tables in \
                  which the application records it",
    },
    NotExpressed {
        element: "data event service endpoints",
        directions: REFRESHES,
        because: "the list names no table for them; the endpoints of business events are emptied",
    },
    NotExpressed {
        element: "internal service users beyond the preconfigured system accounts",
        directions: &[
            Direction::ProductionToSandbox,
            Direction::SandboxToSandbox,
            Direction::Export,
        ],
        because: "only the published account names are known; others are disabled like any user",
    },
    NotExpressed {
        element: "references to a Commerce Scale Unit, environment-specific Commerce values",
        directions: &[Direction::Export],
        because: "the list names tables but no columns; the rules clear the columns that are known \
                  to hold addresses, keys and connection strings",
    },
    NotExpressed {
        element: "the security identifier of the Admin account",
        directions: REFRESHES,
        because: "it is derived from the identity by the environment itself at provisioning; the \
                  rules set the account's sign-in name",
    },
    NotExpressed {
        element: "the financial reporting database",
        directions: REFRESHES,
        because: "it is a second database; an environment here has one",
    },
];
