//! The local cloud over HTTP: Entra, Graph, LCS, blobs, device pages.
