"""What runs inside Triton's Python processes; the model.py files of a repository import from here."""
