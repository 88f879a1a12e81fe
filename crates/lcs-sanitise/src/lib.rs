//! Which tables and columns are emptied or replaced when a database moves, by direction.
