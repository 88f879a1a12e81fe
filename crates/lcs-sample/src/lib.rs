//! The Contoso sample: tenant, project and finance-and-operations-shaped databases.
