//! Durable operations: journal, runner, recovery; refresh and export.
