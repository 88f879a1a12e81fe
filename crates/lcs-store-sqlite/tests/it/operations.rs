//! The journal of operations.

mod in_a_file {
    lcs_operations::journal_conformance!(crate::in_a_file);
}

mod in_memory {
    lcs_operations::journal_conformance!(crate::in_memory);
}
