"""What a call was given → asks, from every form that the pipeline took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sized
from types import GeneratorType
from typing import Any

from tritonqa.errors import InputError
from tritonqa.text import Ask, checked_text

_FORMS = "give question= and context=, or dictionaries or examples that hold both"


def asked(inputs: tuple[Any, ...], question: object, context: object) -> Ask | list[Ask] | Iterator[Ask]:
    """Check what a call was given: one ask, several, or a stream that is read only as it is answered.

    A lone ask in a list counts as one. Raises InputError that names the field.
    """
    if not inputs:
        asks = _pairs(question, context, "")
        return asks[0] if isinstance(asks, list) and len(asks) == 1 else asks
    if question is not None or context is not None:
        raise InputError("question and context can't stand beside other inputs; give one or the other")
    given = inputs[0] if len(inputs) == 1 else inputs
    if len(inputs) == 2 and all(isinstance(text, str) for text in inputs):
        return _pairs(*inputs, "")
    if isinstance(given, Mapping):
        return _asks(given, "")
    if isinstance(given, GeneratorType) or _is_stream(given):
        return (_ask(item, f"inputs[{i}].") for i, item in enumerate(given))
    if isinstance(given, Iterable) and not isinstance(given, str):
        items = list(given)
        if len(items) == 1:
            return _asks(items[0], "inputs[0].")
        return [_ask(item, f"inputs[{i}].") for i, item in enumerate(items)]
    if hasattr(given, "__getitem__") and hasattr(given, "__len__") and not isinstance(given, str):
        return (_ask(given[i], f"inputs[{i}].") for i in range(len(given)))  # a map-style dataset
    raise InputError(f"inputs can't be a lone {type(given).__name__}; {_FORMS}")


def _is_stream(given: object) -> bool:
    """Say whether this is read only as it is iterated, as a data set that comes over the network."""
    return isinstance(given, Iterable) and not isinstance(given, Sized | Iterator)


def _asks(item: Any, where: str) -> Ask | list[Ask]:
    """Read a dictionary, whose values may be lists, or an example with question_text and context_text."""
    if isinstance(item, Mapping):
        return _pairs(item.get("question"), item.get("context"), where)
    if hasattr(item, "question_text") and hasattr(item, "context_text"):
        return _pairs(item.question_text, item.context_text, where)
    raise InputError(f"{where.rstrip('.')} can't be a {type(item).__name__}; {_FORMS}")


def _ask(item: Any, where: str) -> Ask:
    asks = _asks(item, where)
    if isinstance(asks, list):
        raise InputError(f"{where}question is a list; give lists of questions one at a time")
    return asks


def _pairs(question: object, context: object, where: str) -> Ask | list[Ask]:
    """Put a question, or a list of them, to a context, or each to its own of a list."""
    if not isinstance(question, list):
        return Ask(_text(question, f"{where}question"), (_text(context, f"{where}context"),))
    questions = [_text(text, f"{where}question[{i}]") for i, text in enumerate(question)]
    if not isinstance(context, list):
        shared = _text(context, f"{where}context")
        return [Ask(text, (shared,)) for text in questions]
    if len(context) != len(questions):
        raise InputError(
            f"{where}question holds {len(questions)} texts and {where}context {len(context)}; "
            "give one context for all, or one for each"
        )
    contexts = [_text(text, f"{where}context[{i}]") for i, text in enumerate(context)]
    return [Ask(text, (own,)) for text, own in zip(questions, contexts, strict=True)]


def _text(value: object, field: str) -> str:
    if value is None:
        raise InputError(f"{field} is missing; {_FORMS}")
    text = checked_text(value, field)
    if not text:
        raise InputError(f"{field} is empty; give it at least one character")
    return text
