//! Development only: a whole local cloud in a test, fixtures, snapshot filters.
