"""How the packaged reader is trained, built and measured."""
