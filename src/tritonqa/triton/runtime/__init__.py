"""The real Triton in the user's cache."""
