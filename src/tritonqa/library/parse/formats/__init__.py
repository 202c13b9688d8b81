"""One file a format: a function `read` from a source to a document."""
