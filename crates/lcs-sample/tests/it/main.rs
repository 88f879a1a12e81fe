//! The public API of the sample, one file per subject.

#[cfg(test)]
mod database;
