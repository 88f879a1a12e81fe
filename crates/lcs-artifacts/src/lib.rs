//! Backups as checksummed files behind signed URLs.
