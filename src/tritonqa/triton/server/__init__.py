"""A server process: started, minded, stopped."""
