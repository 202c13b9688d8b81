"""Documents → passages → cited answers."""
