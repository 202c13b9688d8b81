"""Time transformers' question-answering pipeline (4.57.6) on the asks of stdin; print the seconds.

    python peer.py CHECKPOINT < asks.json

Batch 1 is its best on a CPU: it pads to the longest and does not sort.
"""

from __future__ import annotations

import json
import sys
import time

from transformers import pipeline

asks = json.load(sys.stdin)
answer = pipeline("question-answering", model=sys.argv[1], tokenizer=sys.argv[1], device=-1)
for question, context in asks[:10]:
    answer(question=question, context=context)
begun = time.perf_counter()
for question, context in asks:
    answer(question=question, context=context, handle_impossible_answer=False)
print(time.perf_counter() - begun)
