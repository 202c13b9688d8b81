"""tritonqa ask."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tritonqa.answers import Answers
from tritonqa.errors import InputError
from tritonqa.reader import Reader
from tritonqa.reader.load import PACKAGED


@click.command()
@click.argument("question", required=False)
@click.option("--context", "-c", multiple=True, help="A passage: TEXT, @FILE, or - for stdin; repeatable.")
@click.option("--batch", type=click.Path(path_type=Path), help='JSON lines of {"question", "passages"}.')
@click.option("--reader", default=PACKAGED, show_default=True, help="A bundle's folder or a model package.")
@click.option("--engine", help="onnx, openvino, torch or toy; chosen for this machine otherwise.")
@click.option("--top-k", type=int, help="Answers at most.  [default: 1]")
@click.option(
    "--no-answer-threshold", type=float, help="Give none above it; 1 always answers.  [default: 0.5]"
)
@click.option("--prior", type=float, help="Share of questions that can be answered.  [default: 0.8]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an ask.")
def ask(
    question: str | None,
    context: tuple[str, ...],
    batch: Path | None,
    reader: str,
    engine: str | None,
    top_k: int | None,
    no_answer_threshold: float | None,
    prior: float | None,
    as_json: bool,
) -> None:
    """Answer QUESTION from passages, or many asks from a JSON lines file."""
    if (batch is None) == (question is None):
        raise InputError("give either a QUESTION with --context, or --batch FILE")
    if batch is None and not context:
        raise InputError("context is missing; give --context TEXT, --context @FILE or --context -")
    passages = [_read(value) for value in context]
    with Reader.load(reader, engine=engine) as opened:
        options: dict[str, Any] = {
            "top_k": top_k,
            "no_answer_threshold": no_answer_threshold,
            "answerable_prior": prior,
        }
        if batch is not None:
            for answers in opened.ask_many(_rows(batch), **options):
                click.echo(json.dumps(answers.to_dict(), ensure_ascii=False))
        else:
            answers = opened.ask(question or "", passages, **options)
            if as_json:
                click.echo(json.dumps(answers.to_dict(), ensure_ascii=False))
            else:
                _show(answers, passages)


def _read(value: str) -> str:
    if value == "-":
        return sys.stdin.read()
    if not value.startswith("@"):
        return value
    try:
        return Path(value[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"context {value} can't be read: {error}; give a UTF-8 text file") from error


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    number = 0
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                number += 1
                if line.strip():
                    row = json.loads(line)
                    yield row["question"], row["passages"] if "passages" in row else row["context"]
    except OSError as error:
        raise InputError(f"batch {path} can't be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f'batch {path}, line {number}: need a JSON object with "question" and "passages" ({error!r})'
        ) from error


def _show(answers: Answers, passages: list[str]) -> None:
    if not answers:
        click.echo(f"no answer (probability {answers.no_answer:.0%})")
    for answer in answers:
        text = passages[answer.passage]
        left = max(text.rfind(mark, 0, answer.start) for mark in (". ", "\n", "! ", "? ")) + 1
        ends = [at for at in (text.find(mark, answer.end) for mark in (". ", "\n")) if at >= 0]
        right = min([*ends, answer.end + 200, len(text)])
        before, after = text[max(left, answer.start - 200) : answer.start], text[answer.end : right]
        click.echo(click.style(answer.text, bold=True) + f"   {answer.score:.0%}   ", nl=False)
        click.echo(f"passage {answer.passage}, characters {answer.start} to {answer.end}")
        click.echo(f"  … {before.lstrip()}{click.style(answer.text, reverse=True)}{after} …")
