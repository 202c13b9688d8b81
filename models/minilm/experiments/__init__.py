"""What was tried for the packaged reader, and how its version 0.4.0 was trained."""
