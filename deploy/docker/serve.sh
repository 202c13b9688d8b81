#!/bin/sh
# Run Triton on the repository $1 with the same flags as `tritonqa serve`; what follows are flags of Triton's own.
set -eu
# Triton reads JSON by recursion, and copies texts to the stack: 8 MB of it end with one large request.
# shellcheck disable=SC3045  # POSIX knows no -s; where the shell neither does, it goes on
ulimit -s 1048576 2>/dev/null || true
exec python3 -m tritonqa.triton.server.container "$@"
