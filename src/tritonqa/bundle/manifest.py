"""bundle.json ↔ Manifest."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from tritonqa.answers import Calibration
from tritonqa.errors import BundleError, InputError
from tritonqa.features import Windowing

FORMAT = 1
MANIFEST, TOKENIZER, CONFIG = "bundle.json", "tokenizer.json", "config.json"

_ANSWER_TOKENS = 30  # of a bundle that does not say

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Part:
    """A file that belongs to a format's own: weights beside an ONNX graph, shards, recipes."""

    file: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Format:
    """One file that holds the model, with its further parts, and how far it was verified.

    kind: onnx, safetensors, torchscript, torch_export, tensorrt-recipe. parity: asks, same_answers,
    max_difference; f1: asks, f1, reference, max_loss. Both against torch.
    """

    file: str
    kind: str
    precision: str
    size: int
    sha256: str
    parity: dict[str, float] = field(default_factory=dict)
    f1: dict[str, float] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()

    @property
    def pieces(self) -> tuple[Part, ...]:
        """Return the file itself and its further parts."""
        return (Part(self.file, self.size, self.sha256), *self.parts)


@dataclass(frozen=True, slots=True)
class PageReading:
    """How a reader of Natural Questions takes a page: its markup, and the scores that answers count from."""

    markup: str = "drop"
    long_from: float = 0.0
    short_from: float = 0.0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself; format counts up when older software can't read it.

    positions is how many tokens the model takes at most, None where that is not known; answer_types says
    whether it also tells kinds of answers, as readers of Natural Questions do.
    """

    name: str
    formats: tuple[Format, ...]
    architecture: str
    inputs: tuple[str, ...]
    positions: int | None = None
    answer_types: bool = False
    version: str = "0"
    licence: str = "unknown"
    source: dict[str, str] = field(default_factory=dict)
    windowing: Windowing = Windowing()
    max_answer_tokens: int = _ANSWER_TOKENS
    calibration: Calibration | None = None
    pages: PageReading | None = None
    format: int = FORMAT

    @classmethod
    def from_dict(cls, record: Any) -> Manifest:
        """Check a parsed bundle.json; raises BundleError that names the field."""
        if not isinstance(record, dict) or not isinstance(record.get("format"), int):
            raise BundleError("bundle.json: field format is missing; is this a tritonqa bundle?")
        if record["format"] > FORMAT:
            raise BundleError(
                f"bundle.json has format {record['format']}, newer than {FORMAT}; upgrade tritonqa"
            )
        for name in ("name", "formats", "architecture", "inputs"):
            if not record.get(name):
                raise BundleError(f"bundle.json: field {name} is missing; export the bundle again")
        for name, kind in (("formats", list), ("inputs", list), ("decoding", dict), ("source", dict)):
            if not isinstance(record.get(name, kind()), kind):
                raise BundleError(f"bundle.json: field {name} is not valid: {record[name]!r:.80}")
        values = {name: record[name] for name in ("version", "licence", "source") if name in record}
        calibration, positions = record.get("calibration"), record.get("positions")
        longest = record.get("decoding", {}).get("max_answer_tokens", _ANSWER_TOKENS)
        for name, number in (("positions", positions), ("decoding.max_answer_tokens", longest)):
            if not isinstance(number, int) and not (name == "positions" and number is None):
                raise BundleError(f"bundle.json: field {name} is no number: {number!r}")
        return cls(
            name=str(record["name"]),
            formats=tuple(_format(item) for item in record["formats"]),
            architecture=str(record["architecture"]),
            inputs=tuple(record["inputs"]),
            positions=positions,
            answer_types=record.get("answer_types") is True,
            windowing=_record(Windowing, record.get("windowing", {}), "windowing"),
            max_answer_tokens=longest,
            calibration=_record(Calibration, calibration, "calibration") if calibration else None,
            pages=_record(PageReading, record["pages"], "pages") if record.get("pages") else None,
            **values,
        )

    def __str__(self) -> str:
        """Name the reader and its version."""
        return f"{self.name} {self.version}"

    def to_dict(self) -> dict[str, Any]:
        """Return what bundle.json holds."""
        record = asdict(self)
        record["decoding"] = {"max_answer_tokens": record.pop("max_answer_tokens")}
        return record


def _format(values: Any) -> Format:
    item = _record(Format, values, "formats")
    return replace(item, parts=tuple(_record(Part, part, "formats.parts") for part in item.parts))


def _record(kind: type[R], values: Any, name: str) -> R:
    known = get_type_hints(kind)
    try:
        kept = {key: value for key, value in values.items() if key in known}
        if wrong := [key for key, value in kept.items() if not _fits(value, known[key])]:
            raise TypeError(f"{wrong[0]} is {kept[wrong[0]]!r:.40}")
        return kind(**kept)
    except (TypeError, AttributeError, InputError) as error:
        raise BundleError(f"bundle.json: field {name} is not valid: {error}") from error


def _fits(value: Any, hint: Any) -> bool:
    """Say whether a value of JSON is one of a field's type."""
    kinds = [
        get_origin(kind) or kind for kind in (get_args(hint) if isinstance(hint, UnionType) else (hint,))
    ]
    written = {float: (int, float), tuple: (list, tuple)}
    return any(isinstance(value, written.get(kind, kind)) for kind in kinds)
