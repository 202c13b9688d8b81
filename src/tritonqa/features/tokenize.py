"""Text → token ids with character offsets, each text once."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from tokenizers import Encoding, Tokenizer

from tritonqa.arrays import IntArray
from tritonqa.features.offsets import without_trimming
from tritonqa.features.pieces import LONG, is_local, pieces
from tritonqa.features.plain_text import without_special_tokens
from tritonqa.features.refusals import tokenizer_refusals

_KEPT_CHARACTERS = 1_000_000
_BATCH_CHARACTERS = 500_000
_CONTROLS = r"\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f"
_LEAD = re.compile(rf"\s*[{_CONTROLS}][\s{_CONTROLS}]*")  # what SentencePiece's map of characters drops
_SHORT = 2_000  # characters: waking the tokenizer's threads would take longer than the work


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens without special ones, n of them.

    ids [n]; starts [n] and ends [n] in characters of the text; words [n], a number for each word as the
    tokenizer splits them, -1 outside of words.
    """

    ids: IntArray
    starts: IntArray
    ends: IntArray
    words: IntArray

    def __len__(self) -> int:
        """Count the tokens."""
        return len(self.ids)


class TextTokenizer:
    """Tokenise texts with a model's own tokenizer, and keep the latest passages.

    The texts kept are bounded by their characters, so memory does not grow with the asks.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Take a tokenizer for this alone: its truncation and padding are switched off.

        Names of special tokens in a text are text.
        """
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer = without_special_tokens(without_trimming(tokenizer))
        self._tokenizer = tokenizer
        self._kept: OrderedDict[str, Tokens] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()
        self._long = threading.Lock()

    def ids_of(self, text: str) -> IntArray:
        """Tokenise one text, unkept, where no offsets are wanted."""
        if len(text) <= _SHORT:
            with tokenizer_refusals():
                return np.array(self._tokenizer.encode(text, add_special_tokens=False).ids, np.int32)
        return self._tokenise([text])[0].ids

    def tokenise_all(self, texts: Sequence[str]) -> list[Tokens]:
        """Tokenise passages, each distinct text once while it is kept.

        Threads that miss long texts take turns: the second finds what the first has done.
        """
        found = self._known(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        with self._long if any(len(text) > LONG for text in missing) else nullcontext():
            found |= self._known(missing)
            missing = [text for text in missing if text not in found]
            with tokenizer_refusals():
                fresh = dict(zip(missing, self._tokenise(missing), strict=True))
            self._keep(fresh)
        found |= fresh
        return [found[text] for text in texts]

    def _known(self, texts: Sequence[str]) -> dict[str, Tokens]:
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
            for text in found:
                self._kept.move_to_end(text)
        return found

    def _keep(self, fresh: dict[str, Tokens]) -> None:
        with self._lock:
            for text, tokens in fresh.items():
                if text not in self._kept:
                    self._kept[text] = tokens
                    self._characters += len(text)
            while self._characters > _KEPT_CHARACTERS and len(self._kept) > 1:
                oldest, _ = self._kept.popitem(last=False)
                self._characters -= len(oldest)

    def _tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Tokenise in batches of about half a million characters: bounded memory, open to interrupts."""
        if len(texts) == 1 and len(texts[0]) <= _SHORT:
            lead = self._lead(texts[0])
            return [_tokens(self._tokenizer.encode(texts[0][lead:], add_special_tokens=False), lead)]
        parts: list[list[Tokens]] = [[] for _ in texts]
        for batch in self._batches(texts):
            inputs = [piece for _, _, piece in batch]
            encodings = self._tokenizer.encode_batch(inputs, add_special_tokens=False)
            for (i, offset, _), encoding in zip(batch, encodings, strict=True):
                parts[i].append(_tokens(encoding, offset))
        return [_joined(part) for part in parts]

    def _batches(self, texts: Sequence[str]) -> Iterator[list[tuple[int, int, str]]]:
        """Give batches of (index of a text, offset in it, piece of it)."""
        batch: list[tuple[int, int, str]] = []
        characters = 0
        for i, text in enumerate(texts):
            lead = self._lead(text)
            text = text[lead:]
            whole = len(text) <= LONG or not self._local
            for offset, piece in [(0, text)] if whole else pieces(text):
                batch.append((i, lead + offset, piece))
                characters += len(piece)
                if characters >= _BATCH_CHARACTERS:
                    yield batch
                    batch, characters = [], 0
        if batch:
            yield batch

    @cached_property
    def _local(self) -> bool:
        return is_local(self._tokenizer)

    def _lead(self, text: str) -> int:
        """Count the characters before a text's first token that the tokenizer would lose count of."""
        found = _LEAD.match(text) if self._miscounts else None
        return found.end() if found else 0

    @cached_property
    def _miscounts(self) -> bool:
        """Say whether offsets behind leading controls are wrong, as with SentencePiece's maps."""
        offsets = self._tokenizer.encode("\x02a", add_special_tokens=False).offsets
        return bool(offsets) and offsets[-1][1] != 2


def _tokens(encoding: Encoding, offset: int) -> Tokens:
    offsets = np.array(encoding.offsets, np.int32).reshape(-1, 2) + np.int32(offset)  # [n, 2]
    ids = np.array(encoding.ids, np.int32)
    words = np.fromiter((-1 if w is None else offset + w for w in encoding.word_ids), np.int32, len(ids))
    return Tokens(ids, np.ascontiguousarray(offsets[:, 0]), np.ascontiguousarray(offsets[:, 1]), words)


def _joined(parts: Sequence[Tokens]) -> Tokens:
    if len(parts) == 1:
        return parts[0]
    return Tokens(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.starts for part in parts]),
        np.concatenate([part.ends for part in parts]),
        np.concatenate([part.words for part in parts]),
    )
