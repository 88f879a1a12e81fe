-- Conditional access policies, in the shape of Microsoft Graph.

CREATE TABLE conditional_access_policies (
    tenant_id TEXT   NOT NULL REFERENCES tenants (id),
    id        TEXT   NOT NULL,
    ordinal   INTEGER PRIMARY KEY,
    policy    TEXT   NOT NULL,
    UNIQUE (tenant_id, id)
);
