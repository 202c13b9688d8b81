"""What a PDF's pages hold: characters, their rectangles, and the outline."""
