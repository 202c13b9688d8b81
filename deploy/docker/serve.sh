#!/bin/sh
# Run Triton on the repository $1 with the same protection as `tritonqa serve`.
set -eu
secret="${TRITONQA_ADMIN:-$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')}"
closed="model-repository,shared-memory,logging,trace:x-tritonqa-admin=${secret}"
# Triton reads JSON by recursion, and copies texts to the stack: 8 MB of it end with one large request.
ulimit -s 1048576 2>/dev/null || true
repository="$1"
shift
# What `tritonqa serve --rate-limit` wrote there; Triton takes it on its command line alone.
limit="$(sed -n '/key: "rate_limit"/,/}/s/.*string_value: "\([0-9]*\)".*/\1/p' "${repository}/logits/config.pbtxt" 2>/dev/null || true)"
if [ -n "${limit}" ]; then
    set -- --rate-limit=execution_count --rate-limit-resource="logits:${limit}" "$@"
fi
exec tritonserver \
    --model-repository="${repository}" \
    --model-control-mode=explicit --load-model='*' \
    --disable-auto-complete-config \
    --http-restricted-api="${closed}" \
    --grpc-restricted-protocol="${closed}" \
    --exit-timeout-secs=30 \
    "$@"
