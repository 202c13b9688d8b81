"""Bytes → a parser; each target returns, or raises one of the errors that it may."""

from __future__ import annotations

import atexit
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tritonqa.answers import Answers
from tritonqa.bulk import BulkOptions
from tritonqa.bulk.asks import Columns
from tritonqa.bulk.files import to_json
from tritonqa.bulk.tables import columns, rows
from tritonqa.bundle import read
from tritonqa.bundle.manifest import MANIFEST, TOKENIZER
from tritonqa.bundle.read import Bundle
from tritonqa.client import parse_addresses
from tritonqa.datasets import load_squad
from tritonqa.datasets.batch_file import asks
from tritonqa.datasets.natural_questions import read_pages, read_predictions
from tritonqa.datasets.predictions import load_predictions
from tritonqa.engine.external import external_data
from tritonqa.errors import BundleError, DocumentError, EngineError, InputError, TritonQAError
from tritonqa.features import Template, TextTokenizer, Windowing, prepare
from tritonqa.library.parse import ParseOptions, parse
from tritonqa.library.parse.message import receive
from tritonqa.protocol import grpc, http
from tritonqa.protocol.error_lines import from_line
from tritonqa.protocol.protobuf import service_pb2
from tritonqa.protocol.tensors import unpack
from tritonqa.spans import Decoding
from tritonqa.text import Ask
from tritonqa.triton.models.requests import read_asks, read_options
from tritonqa.triton.repository.options import Limits
from tritonqa.triton.repository.schema import read_parameters, with_parameters

FOLDER = Path(tempfile.mkdtemp(prefix="tritonqa-fuzz-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
_SUFFIXES = (".pdf", ".docx", ".xlsx", ".pptx", ".epub", ".html", ".eml", ".md", ".csv", ".jsonl", ".txt")
_KINDS = ("BYTES", "FP32", "INT32", "BOOL", "FP16", "none")


@dataclass(frozen=True)
class Target:
    """What takes the bytes, and the errors by which it may refuse them."""

    run: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...]

    def __call__(self, data: bytes) -> None:
        """Run it; what is no refusal is raised."""
        with suppress(*self.refusals):
            self.run(data)


def _file(name: str, data: bytes) -> Path:
    path = FOLDER / name
    path.write_bytes(data)
    return path


def bundle_json(data: bytes) -> None:
    """Read a bundle whose manifest this is."""
    _file(MANIFEST, data)
    read(FOLDER)


def tokenizer_json(data: bytes) -> None:
    """Load a tokenizer, and cut a text into windows with it."""
    _file(TOKENIZER, data)
    tokenizer = Bundle(FOLDER, None).tokenizer()  # type: ignore[arg-type]
    template = Template.of(tokenizer)
    prepare(Ask.of("Who?", "Ada did."), TextTokenizer(tokenizer), template, Windowing())


def squad(data: bytes) -> None:
    """Read a file of questions: JSON, or a table where it begins so."""
    name = {b"c": "asks.csv", b"t": "asks.tsv"}.get(data[:1], "asks.json")
    load_squad(_file(name, data[1:] if name != "asks.json" else data), gold=False)


def predictions(data: bytes) -> None:
    """Read predictions of SQuAD."""
    load_predictions(_file("predictions.json", data))


def natural_questions(data: bytes) -> None:
    """Read pages of Natural Questions, in either format."""
    for _ in read_pages([_file("pages.jsonl", data)]):
        pass


def nq_predictions(data: bytes) -> None:
    """Read predictions of Natural Questions: JSON, or the competition's table where it begins so."""
    name = "nq.csv" if data[:1] == b"e" else "nq.json"
    for _ in read_predictions(_file(name, data)):
        pass


def bulk(data: bytes) -> None:
    """Read the rows of a bulk run and write their JSON: JSON lines, or a table where it begins so."""
    name = {b"c": "rows.csv", b"t": "rows.tsv"}.get(data[:1], "rows.jsonl")
    path = str(_file(name, data[1:] if name != "rows.jsonl" else data))
    found = Columns.of(columns(path), BulkOptions(), ())
    for row in rows(path):
        to_json(row.values).encode()
        with suppress(InputError):
            found.asks(row)


def batch(data: bytes) -> None:
    """Read a batch of asks."""
    for _ in asks(_file("batch.jsonl", data)):
        pass


def config_pbtxt(data: bytes) -> None:
    """Read a model's configuration, and set a parameter in it."""
    read_parameters(_file("config.pbtxt", data))
    with_parameters(data.decode("utf-8", "replace"), {"bundle": "x"})


def onnx(data: bytes) -> None:
    """Find where an ONNX file keeps its weights."""
    external_data(_file("model.onnx", data))


def document(data: bytes) -> None:
    """Read a document; its first byte says what it is named."""
    suffix = _SUFFIXES[data[0] % len(_SUFFIXES)] if data else ".txt"
    parse(_file(f"document{suffix}", data[1:]), ParseOptions(unpacked_megabytes=16, file_megabytes=4))


def grpc_reply(data: bytes) -> None:
    """Read a server's reply over gRPC."""
    message = service_pb2.ModelInferResponse()
    with suppress(Exception):  # protobuf's own, where it is no message at all
        message.ParseFromString(data)
    grpc.response(message)


def http_reply(data: bytes) -> None:
    """Read a server's reply over HTTP; its first two bytes say how long its JSON is."""
    http.response(data[2:], str(int.from_bytes(data[:2], "little")))


def tensor(data: bytes) -> None:
    """Read a tensor; its first bytes say of what kind and shape."""
    if len(data) > 2:
        unpack(data[3:], _KINDS[data[0] % len(_KINDS)], [data[1] - 1, data[2]])


def request(data: bytes) -> None:
    """Read a request's asks and options as the server does."""
    question, _, rest = data.partition(b"\n")
    passages, _, options = rest.partition(b"\n\n")
    counts = np.frombuffer(question[: len(question) // 4 * 4], np.int32) if data[:1] == b"#" else None
    found: Mapping[str, np.ndarray | None] = {
        "question": np.array(question.split(b"\t"), object),
        "passages": np.array(passages.split(b"\n"), object),
        "passage_counts": counts,
        "options": np.array([options], object) if options else None,
    }
    read_asks(found.get, Limits(characters=10_000))
    read_options(found.get, {}, Decoding())


def answers_json(data: bytes) -> None:
    """Read the JSON of answers."""
    Answers.from_dict(json.loads(data)).of(Ask.of("Who?", ["Ada did."]))


def address(data: bytes) -> None:
    """Read the addresses of servers."""
    parse_addresses(data.decode("utf-8", "replace"))


def error_line(data: bytes) -> None:
    """Read an error off the wire."""
    raise from_line(data.decode("utf-8", "replace"))


def parser_message(data: bytes) -> None:
    """Read what the process that parses documents says."""
    receive(io.BytesIO(data))


TARGETS = {
    "address": Target(address, (InputError,)),
    "answers_json": Target(answers_json, (InputError, ValueError, RecursionError)),
    "batch": Target(batch, (InputError,)),
    "bulk": Target(bulk, (InputError,)),
    "bundle_json": Target(bundle_json, (BundleError,)),
    "config_pbtxt": Target(config_pbtxt, (InputError,)),
    "document": Target(document, (DocumentError,)),
    "error_line": Target(error_line, (TritonQAError,)),
    "grpc_reply": Target(grpc_reply, (EngineError,)),
    "http_reply": Target(http_reply, (EngineError,)),
    "natural_questions": Target(natural_questions, (InputError,)),
    "nq_predictions": Target(nq_predictions, (InputError,)),
    "onnx": Target(onnx, (BundleError,)),
    "parser_message": Target(parser_message, (ValueError, OSError)),
    "predictions": Target(predictions, (InputError,)),
    "request": Target(request, (InputError,)),
    "squad": Target(squad, (InputError,)),
    "tensor": Target(tensor, (EngineError,)),
    "tokenizer_json": Target(tokenizer_json, (BundleError, InputError)),
}
