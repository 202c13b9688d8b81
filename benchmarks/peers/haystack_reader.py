"""Answer asks with Haystack's TransformersExtractiveReader, one question a call.

    python haystack_reader.py CHECKPOINT < asks.jsonl      each line a list of [question, context]

Writes {"seconds", "answers"} for each line.
"""

from __future__ import annotations

import json
import sys
import time

from haystack import Document
from haystack_integrations.components.readers.transformers import TransformersExtractiveReader

reader = TransformersExtractiveReader(model=sys.argv[1], top_k=1, no_answer=False)
reader.warm_up()
for line in sys.stdin:
    asks = json.loads(line)
    begun = time.perf_counter()
    answers = [
        reader.run(query=question, documents=[Document(content=context)])["answers"][0].data
        for question, context in asks
    ]
    print(json.dumps({"seconds": time.perf_counter() - begun, "answers": answers}), flush=True)
