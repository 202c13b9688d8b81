"""A tokenizer's offsets → held to the characters that they stand for."""

from __future__ import annotations

from tokenizers import Tokenizer


def without_trimming(tokenizer: Tokenizer) -> Tokenizer:
    """Return the tokenizer, or a copy whose post-processor does not trim offsets.

    Trimming takes a character off each token that begins with a space, and takes it from the word where the
    pre-tokenizer had dropped the space and put one of its own before (RobBERT's: Amsterdam gave msterdam).
    Answers lose their outer spaces anyway.
    """
    processor = tokenizer.post_processor
    if processor is None or b'"trim_offsets":true' not in processor.__getstate__().replace(b" ", b""):
        return tokenizer
    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.post_processor = None  # what it adds is the template's to add
    return copy


def lost_characters(tokenizer: Tokenizer, text: str) -> str:
    """Return the letters and digits of a text that lie in no token: an answer could not hold them."""
    covered = bytearray(len(text))
    for start, end in without_trimming(tokenizer).encode(text, add_special_tokens=False).offsets:
        covered[start:end] = b"\1" * (end - start)
    return "".join(c for c, seen in zip(text, covered, strict=True) if c.isalnum() and not seen)
