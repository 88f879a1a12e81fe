//! Everything that crosses HTTP, as types: Entra, Microsoft Graph, LCS; and the AADSTS table.
