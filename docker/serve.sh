#!/bin/sh
# Run Triton on the repository $1 with the same protection as `tritonqa serve`.
set -eu
secret="${TRITONQA_ADMIN:-$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')}"
closed="model-repository,shared-memory,logging,trace:x-tritonqa-admin=${secret}"
repository="$1"
shift
exec tritonserver \
    --model-repository="${repository}" \
    --model-control-mode=explicit --load-model='*' \
    --disable-auto-complete-config \
    --http-restricted-api="${closed}" \
    --grpc-restricted-protocol="${closed}" \
    --exit-timeout-secs=30 \
    "$@"
