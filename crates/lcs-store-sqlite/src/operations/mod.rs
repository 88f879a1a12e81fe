//! The operations port: the journal.
