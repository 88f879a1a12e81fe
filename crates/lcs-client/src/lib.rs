//! Client: typed calls to LCS and Microsoft Graph, retry, waiting, downloads.
