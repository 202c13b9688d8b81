"""What formats are made from."""
