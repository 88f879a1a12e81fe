//! The .bacpac format: read, verify and write; knows nothing of LCS.
