//! LCS's rules: projects, members and roles, environments, backups, limits, who may call what.
