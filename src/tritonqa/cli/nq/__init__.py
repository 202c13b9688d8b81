"""What `tritonqa nq` does; one file a command."""
