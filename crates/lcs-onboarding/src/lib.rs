//! Client: the article's steps one to four through Microsoft Graph.
