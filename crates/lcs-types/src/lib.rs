//! Ids and names of the field, secrets, signed URLs, regions, the clock: plain data.
