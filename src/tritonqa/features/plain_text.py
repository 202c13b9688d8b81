"""A tokenizer that reads the names of its special tokens as what they are in a text: text."""

from __future__ import annotations

import json

from tokenizers import Tokenizer

_NEVER_WRITTEN = "\U0010ffff" * 8  # a noncharacter, which no text interchanges


def without_special_tokens(tokenizer: Tokenizer) -> Tokenizer:
    """Let a tokenizer find no special token in a text; return it, or a copy where its vocabulary would.

    A [SEP] that somebody wrote would otherwise end the passage for the model, and a <s> begin another. A
    vocabulary of pieces (Unigram) holds those names too: there they get names that nobody writes. Ids stay.
    """
    tokenizer.encode_special_tokens = True
    added = tokenizer.get_added_tokens_decoder()
    special = {token.content: id for id, token in added.items() if token.special}
    unknown = getattr(tokenizer.model, "unk_token", None)
    if any(_finds(tokenizer, name, id) for name, id in special.items() if name != unknown):
        tokenizer = _renamed(tokenizer, special.keys() - {unknown})
        tokenizer.encode_special_tokens = True
    return tokenizer


def _finds(tokenizer: Tokenizer, name: str, id: int) -> bool:
    texts = (name, f"a {name} a", f"a{name}a")
    return any(id in tokenizer.encode(text, add_special_tokens=False).ids for text in texts)


def _renamed(tokenizer: Tokenizer, names: set[str]) -> Tokenizer:
    """Copy a tokenizer without its template, and with other names for these tokens."""
    tokenizer.no_padding()
    state = json.loads(tokenizer.to_str())
    state["post_processor"] = None  # what it adds is the template's to add
    for token in state["added_tokens"]:
        token["content"] = _other(token["content"], names)
    vocabulary = state["model"]["vocab"]
    if isinstance(vocabulary, dict):
        state["model"]["vocab"] = {_other(piece, names): id for piece, id in vocabulary.items()}
    else:
        state["model"]["vocab"] = [[_other(piece, names), score] for piece, score in vocabulary]
    return Tokenizer.from_str(json.dumps(state))


def _other(name: str, names: set[str]) -> str:
    return _NEVER_WRITTEN + name if name in names else name
