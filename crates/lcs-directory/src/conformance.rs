//! The behaviour of the port as functions over the trait, for every store that implements it.
