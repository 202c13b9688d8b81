"""What a Word document's parts hold."""
