//! Projects, members, environments.

mod in_a_file {
    lcs_projects::project_conformance!(crate::in_a_file);
}

mod in_memory {
    lcs_projects::project_conformance!(crate::in_memory);
}
