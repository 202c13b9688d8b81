"""What the models of a repository are to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tritonqa.checks import (
    check_fields,
    flag,
    instance,
    number,
    one_of,
    option,
    text,
    whole_number,
    whole_numbers,
)
from tritonqa.engine import ENGINES
from tritonqa.engine.precision import PRECISIONS
from tritonqa.errors import InputError
from tritonqa.protocol.contract import MAX_JOINED

MODEL_FILES = {
    "onnxruntime": ("onnx", "model.onnx"),
    "openvino": ("onnx", "model.onnx"),
    "pytorch": ("torchscript", "model.pt"),
    "tensorrt": ("tensorrt", "model.plan"),
}
BACKENDS = ("python", *MODEL_FILES)
ACCELERATORS: Mapping[str, str] = {"tensorrt": "gpu", "cuda": "gpu", "openvino": "cpu"}
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server's reader takes: windows that wait, seconds an ask may wait, sizes in characters.

    seconds are at most a day: Triton counts them in microseconds.
    """

    waiting: int = option(1024, "Windows, and requests of logits, that may wait.", "--max-waiting")
    seconds: float = option(30.0, "Seconds an ask may wait.", "--ask-timeout")
    question: int = 10_000
    passages: int = 1_000
    characters: int = 2_000_000

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        check_fields(self, whole_number, "waiting", "question", "passages", "characters", least=1)
        check_fields(self, number, "seconds", above=0, most=_DAY)

    def check(self, questions: Sequence[str], passages: Sequence[str]) -> None:
        """Raise InputError that names the field of a request for what is too large."""
        if (longest := max(map(len, questions), default=0)) > self.question:
            raise InputError(f"question has {longest} characters; this server takes {self.question}")
        if (count := len(questions)) > (most := max(MAX_JOINED, self.waiting // 8)):
            raise InputError(f"question is {count} texts; this server takes {most} a request")
        if len(passages) > self.passages:
            raise InputError(f"passages are {len(passages)}; this server takes {self.passages} a request")
        for name, given in (("questions", questions), ("passages", passages)):
            if (size := sum(map(len, given))) > self.characters:
                raise InputError(
                    f"{name} have {size} characters; this server takes {self.characters} a request"
                )


@dataclass(frozen=True, slots=True)
class LogitsOptions:
    """How the model logits runs.

    backend python is our own engine, in both runtimes; the others are the official container's. accelerator
    is onnxruntime's: cuda, tensorrt or openvino. instances share this machine's cores, or are on each GPU;
    rate_limit is how many of them may run at once, whatever their number. delay (microseconds) is how long
    Triton waits to fill a batch.
    """

    backend: str = option("python", "What runs the model logits.", choices=BACKENDS)
    accelerator: str | None = option(None, "For backend onnxruntime.", choices=tuple(ACCELERATORS))
    instances: int = option(1, "Copies of logits, which share the cores; on each GPU.")
    rate_limit: int | None = option(None, "Instances of logits that may run at once.")
    max_batch_size: int = option(16, "Requests of logits that Triton batches, at most.", "--batch")
    delay: int = option(0, "Microseconds that Triton waits to fill a batch.", "--batch-delay")

    def __post_init__(self) -> None:
        """Raise InputError for what does not go together, by name."""
        check_fields(self, one_of, "backend", known=BACKENDS)
        check_fields(self, one_of, "accelerator", known=ACCELERATORS)
        if self.accelerator is not None and self.backend != "onnxruntime":
            raise InputError("accelerator goes with backend onnxruntime only", "accelerator")
        check_fields(self, whole_number, "instances", "rate_limit", "max_batch_size", least=1)
        check_fields(self, whole_number, "delay", least=0)


@dataclass(frozen=True, slots=True)
class Models:
    """The model reader, and the model logits where it is wanted.

    engine and precision are chosen by the machine that serves where they are not given; precision also picks
    the file of another backend. warmup are lengths in tokens that are run before a model is ready. cache lets
    the reader keep its latest answers for equal asks; versions is how many of the newest are served.
    """

    limits: Limits = Limits()
    logits: LogitsOptions | None = None
    engine: str | None = option(None, f"{', '.join(ENGINES)}; chosen for the serving machine otherwise.")
    precision: str | None = option(None, f"{', '.join(PRECISIONS)}: where the reader has it.")
    warmup: tuple[int, ...] = option((32, 64, 128, 256), "Tokens of windows run before READY; '' for none.")
    cache: bool = option(False, "Keep the latest answers for equal asks.")
    versions: int = option(1, "How many of the newest versions are served.")

    def __post_init__(self) -> None:
        """Raise InputError for values out of range, by name."""
        check_fields(self, instance, "limits", kind=Limits)
        check_fields(self, instance, "logits", kind=LogitsOptions)
        check_fields(self, one_of, "engine", known=ENGINES)
        check_fields(self, text, "precision")
        check_fields(self, whole_numbers, "warmup", least=8, unit="lengths in tokens")
        check_fields(self, flag, "cache")
        check_fields(self, whole_number, "versions", least=1)
