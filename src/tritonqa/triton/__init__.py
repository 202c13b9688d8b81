"""The same reader on NVIDIA Triton: repository, runtime, server process."""
