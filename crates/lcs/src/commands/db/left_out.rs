//! What does not travel with a database, by direction ("Refresh database", "Export a database").

/// Where a database goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// From production or a sandbox to a sandbox.
    ToSandbox,
    /// From a sandbox to production.
    ToProduction,
    /// To a file.
    Export,
}

impl Direction {
    /// The direction of a refresh.
    pub(super) const fn between(source_is_production: bool, target_is_production: bool) -> Self {
        match (source_is_production, target_is_production) {
            (false, true) => Self::ToProduction,
            _ => Self::ToSandbox,
        }
    }
}

const TO_SANDBOX: &[&str] = &[
    "e-mail addresses",
    "the SMTP relay server",
    "print management settings",
    "users but Admin are disabled",
    "dimension logs and caches",
    "environment-specific records: servers, sessions, printers, batch servers and groups",
    "attachments and templates in blob storage",
    "batch jobs are withheld",
    "users are in the initial partition",
    "encrypted fields",
    "maintenance mode is off",
    "dual-write configuration",
    "change tracking",
    "business and data event endpoints",
];

const TO_PRODUCTION: &[&str] = &[
    "batch history",
    "environment-specific records: servers, sessions, printers, batch servers and groups",
    "attachments and templates in blob storage",
    "batch jobs are withheld",
    "users are in the initial partition",
    "encrypted fields",
    "maintenance mode is off",
    "dual-write configuration",
    "change tracking",
    "business and data event endpoints",
];

const EXPORT: &[&str] = &[
    "e-mail addresses",
    "the SMTP relay server",
    "print management settings",
    "users but Admin are disabled",
    "batch history",
    "environment-specific records: servers, sessions, printers, batch servers and groups",
    "attachments and overwritten Office templates",
    "batch jobs are withheld",
    "users are in the initial partition",
    "encrypted fields",
    "maintenance mode is off",
    "dual-write configuration",
    "the database log",
    "Commerce data exchange sessions",
    "Commerce Scale Unit references",
    "Commerce environment values",
];

/// The elements that stay behind.
pub(super) const fn left_out(direction: Direction) -> &'static [&'static str] {
    match direction {
        Direction::ToSandbox => TO_SANDBOX,
        Direction::ToProduction => TO_PRODUCTION,
        Direction::Export => EXPORT,
    }
}
