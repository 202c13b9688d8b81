"""What every request goes through before anything answers it."""
