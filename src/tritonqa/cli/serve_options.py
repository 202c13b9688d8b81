"""Options of `tritonqa serve`, put together: the models and the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

from tritonqa.errors import InputError
from tritonqa.triton.repository.options import ACCELERATORS, BACKENDS, Limits, LogitsOptions, Models
from tritonqa.triton.server.options import Serving

_SERVING, _LIMITS, _MODELS, _LOGITS = Serving(), Limits(), Models(), LogitsOptions()
_PEM = click.Path(path_type=Path)
_ANY = "0: any that is free."
_OPTIONS = {
    "waiting": "--max-waiting",
    "seconds": "--ask-timeout",
    "max_batch_size": "--batch",
    "delay": "--batch-delay",
    "drain_timeout": "--drain",
    "clients": "--tls-clients",
}


def models_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what the models of a repository are to be; the command gets models."""

    @click.option("--engine", help="openvino, onnx, torch or toy; chosen for the serving machine otherwise.")
    @click.option("--precision", help="fp32, bf16, int8, int8-bf16 or int8-weights, where the reader has it.")
    @_shown("--max-waiting", _LIMITS.waiting, "Windows, and requests of logits, that may wait.")
    @_shown("--ask-timeout", _LIMITS.seconds, "Seconds an ask may wait.")
    @_shown(
        "--warmup", ",".join(map(str, _MODELS.warmup)), "Tokens of windows run before READY; '' for none."
    )
    @click.option("--cache", is_flag=True, help="Keep the latest answers for equal asks.")
    @_shown("--versions", _MODELS.versions, "How many of the newest versions are served.")
    @click.option("--logits/--no-logits", default=True, help="Serve the model logits too.  [default: yes]")
    @click.option("--encoder/--no-encoder", "logits", hidden=True)  # its name in 0.1
    @click.option("--backend", type=click.Choice(BACKENDS), default=_LOGITS.backend, show_default=True)
    @click.option("--accelerator", type=click.Choice(list(ACCELERATORS)), help="For backend onnxruntime.")
    @_shown("--instances", _LOGITS.instances, "Copies of logits, which share the cores; on each GPU.")
    @click.option("--rate-limit", type=int, help="Instances of logits that may run at once.")
    @_shown("--batch", _LOGITS.max_batch_size, "Requests of logits that Triton batches, at most.")
    @_shown("--batch-delay", _LOGITS.delay, "Microseconds that Triton waits to fill a batch.")
    @wraps(command)
    def wrapped(*, max_waiting: int, ask_timeout: float, logits: bool, warmup: str, **rest: Any) -> None:
        with _by_option():
            options = LogitsOptions(
                rest.pop("backend"),
                rest.pop("accelerator"),
                rest.pop("instances"),
                rest.pop("rate_limit"),
                rest.pop("batch"),
                rest.pop("batch_delay"),
            )
            if not logits and options != _LOGITS:
                raise InputError("--no-logits leaves nothing to set options of logits for; leave one away")
            models = Models(
                Limits(waiting=max_waiting, seconds=ask_timeout),
                options if logits else None,
                rest.pop("engine"),
                rest.pop("precision"),
                _lengths(warmup),
                rest.pop("cache"),
                rest.pop("versions"),
            )
        command(models=models, **rest)

    return wrapped


def server_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add where and how the server runs; the command gets serving."""

    @_shown("--host", _SERVING.host, "The address to listen on.")
    @_shown("--http-port", _SERVING.http_port, _ANY)
    @_shown("--grpc-port", _SERVING.grpc_port, _ANY)
    @_shown("--metrics-port", _SERVING.metrics_port, _ANY)
    @click.option("--tls-certificate", type=_PEM, help="Encrypt gRPC with this PEM file; HTTP is then local.")
    @click.option("--tls-key", type=_PEM, help="The certificate's key.")
    @click.option("--tls-clients", type=_PEM, help="Ask clients for certificates of these authorities.")
    @_shown("--drain", _SERVING.drain_timeout, "Seconds to end asks in.")
    @wraps(command)
    def wrapped(*, models: Models, **rest: Any) -> None:
        with _by_option():
            serving = Serving(
                host=rest.pop("host"),
                http_port=rest.pop("http_port"),
                grpc_port=rest.pop("grpc_port"),
                metrics_port=rest.pop("metrics_port"),
                drain_timeout=rest.pop("drain"),
                rate_limit=models.logits.rate_limit if models.logits else None,
                certificate=rest.pop("tls_certificate"),
                key=rest.pop("tls_key"),
                clients=rest.pop("tls_clients"),
            )
        command(models=models, serving=serving, **rest)

    return wrapped


@contextmanager
def _by_option() -> Iterator[None]:
    """Name the option, where an error names the field that it sets."""
    try:
        yield
    except InputError as error:
        field, _, rest = str(error).partition(" ")
        raise InputError(f"{_OPTIONS.get(field, field)} {rest}") from error


def _shown(name: str, default: Any, text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(name, default=default, show_default=True, help=text)


def _lengths(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in text.split(",") if word.strip())
    except ValueError as error:
        raise InputError(f"warmup must be lengths with commas between, like 32,128, not {text!r}") from error
