"""Text → token ids with character offsets, each text once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

IntArray: TypeAlias = npt.NDArray[np.int32]

_KEPT_CHARACTERS = 4_000_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens without special ones: ids [n], starts [n] and ends [n] in characters of the text."""

    ids: IntArray
    starts: IntArray
    ends: IntArray

    def __len__(self) -> int:
        """Count the tokens."""
        return len(self.ids)


class TextTokenizer:
    """Tokenise texts with a model's own tokenizer, and keep the latest passages.

    The texts kept are bounded by their characters, so memory does not grow with the asks.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Take a tokenizer for this alone: its truncation and padding are switched off."""
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self._tokenizer = tokenizer
        self._kept: OrderedDict[str, Tokens] = OrderedDict()
        self._characters = 0
        self._lock = threading.Lock()

    def one(self, text: str) -> Tokens:
        """Tokenise one text, unkept."""
        return _tokens(self._tokenizer.encode(text, add_special_tokens=False))

    def many(self, texts: Sequence[str]) -> list[Tokens]:
        """Tokenise passages, each distinct text once while it is kept."""
        with self._lock:
            found = {text: self._kept[text] for text in texts if text in self._kept}
            for text in found:
                self._kept.move_to_end(text)
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if len(missing) == 1:
            found[missing[0]] = self.one(missing[0])
        elif missing:
            encodings = self._tokenizer.encode_batch(missing, add_special_tokens=False)
            found.update(zip(missing, map(_tokens, encodings), strict=True))
        self._keep([(text, found[text]) for text in missing])
        return [found[text] for text in texts]

    def _keep(self, fresh: list[tuple[str, Tokens]]) -> None:
        with self._lock:
            for text, tokens in fresh:
                if text not in self._kept:
                    self._kept[text] = tokens
                    self._characters += len(text)
            while self._characters > _KEPT_CHARACTERS and len(self._kept) > 1:
                oldest, _ = self._kept.popitem(last=False)
                self._characters -= len(oldest)


def _tokens(encoding: Encoding) -> Tokens:
    offsets = np.array(encoding.offsets, np.int32).reshape(-1, 2)  # [n, 2]
    ids = np.array(encoding.ids, np.int32)
    return Tokens(ids, np.ascontiguousarray(offsets[:, 0]), np.ascontiguousarray(offsets[:, 1]))
