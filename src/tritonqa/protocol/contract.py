"""What client and server agree on: a word that changes here changes on both sides."""

from __future__ import annotations

PROTOCOL = "1"

# Models.
READER = "reader"  # strings in, answers out
LOGITS = "logits"  # token ids in, start and end logits out
OLD_LOGITS = "encoder"  # the same, as repositories of tritonqa 0.1 name it

# Inputs of the model reader.
QUESTION = "question"
PASSAGES = "passages"
PASSAGE_COUNTS = "passage_counts"  # how many of the passages belong to each question
OPTIONS = "options"

# Its outputs: one a question, and one an answer.
ANSWERS = "answers"  # JSON, Answers.to_dict
NO_ANSWER = "no_answer"
CALIBRATED = "calibrated"
QUESTION_CUT = "question_cut"
TEXT, SCORE, START, END, PASSAGE = "text", "score", "start", "end", "passage"

# The parameter of a request that drops all requests of its stream; see stream_id.
CANCEL_STREAM = "call_off"

# Questions that a client joins in a request at most: each waits for the last of them.
MAX_JOINED = 8

# Where Triton listens if nothing else is said.
HTTP_PORT, GRPC_PORT, METRICS_PORT = 8000, 8001, 8002

# What only a server's owner may call, and the header that shows its secret.
RESTRICTED_APIS = "model-repository,shared-memory,logging,trace"
ADMIN_HEADER = "x-tritonqa-admin"

STOPPING = "TRITONQA_STOPPING"  # of a server's environment: the file that its minder writes when it stops
