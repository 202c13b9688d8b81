"""A server that things happen to: killed, stopped, reloaded, cut off, out of disk."""
