"""A model repository, written from the bundle."""
