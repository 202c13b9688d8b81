"""Answer asks with transformers' question-answering pipeline, as it was before its removal.

    python transformers_pipeline.py CHECKPOINT < asks.jsonl      each line a list of [question, context]

Writes {"seconds", "answers"} for each line. Batch 1 is its best on a CPU: it pads to the longest and does
not sort.
"""

from __future__ import annotations

import json
import sys
import time

from transformers import pipeline

answer = pipeline("question-answering", model=sys.argv[1], tokenizer=sys.argv[1], device=-1)
for line in sys.stdin:
    asks = json.loads(line)
    begun = time.perf_counter()
    answers = [answer(question=question, context=context)["answer"] for question, context in asks]
    print(json.dumps({"seconds": time.perf_counter() - begun, "answers": answers}), flush=True)
