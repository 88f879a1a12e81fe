//! The projects port: projects, members, environments, backups.
