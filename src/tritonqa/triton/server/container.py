"""What the container runs: python3 -m tritonqa.triton.server.container REPOSITORY [Triton's own flags]."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from tritonqa.triton.server.arguments import serving_arguments

_EXIT_TIMEOUT = 30  # seconds in which what is under way is answered


def main(repository: str, *flags: str) -> None:
    """Become Triton, with the protection of `tritonqa serve`; the secret is TRITONQA_ADMIN, or nobody's."""
    secret = os.environ.get("TRITONQA_ADMIN") or secrets.token_urlsafe(24)
    arguments = serving_arguments(Path(repository), secret, _EXIT_TIMEOUT)
    os.execvp("tritonserver", ["tritonserver", *arguments, *flags])


if __name__ == "__main__":
    main(*sys.argv[1:])
