from __future__ import annotations

import csv
import json
import math
import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Unpack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.bulk import Rows, answers_in, asked, bytes_in, written
from tests.support.command import tritonqa
from tests.support.wait import eventually
from tritonqa import Answers, Reader
from tritonqa.bulk import BulkOptions, bulk
from tritonqa.bulk.tables import columns, rows
from tritonqa.errors import EngineError, InputError
from tritonqa.spans import AskOptions
from tritonqa.text import Row

pytest.importorskip("pyarrow", reason="needs tritonqa[bulk]")


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "csv", "tsv", "parquet"])
def test_every_row_is_answered_with_what_it_carries(reader: Reader, tmp_path: Path, kind: str) -> None:
    rows = asked(25)
    source, told = str(written(tmp_path, rows, kind)), list[tuple[int, int | None]]()
    options = BulkOptions(rows=10)
    done = bulk(reader, [source], str(tmp_path / "out"), options, lambda *step: told.append(step))
    assert told[-1] == (25, 25) and {total for _, total in told} == {25}
    assert (done.rows, done.answers, done.rejects, done.parts) == (25, 25, 0, 3)
    found = answers_in(tmp_path / "out")
    assert [int(row["id"]) for row in found] == list(range(25))
    for row, given_row in zip(found, rows, strict=True):
        assert row["question"] == given_row["question"] and "passages" not in row
        for answer in row["answers"]:
            assert given_row["passages"][answer["start"] : answer["end"]] == answer["text"]
    assert (tmp_path / "out" / "_SUCCESS").exists()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_tables_of_answers(reader: Reader, tmp_path: Path, kind: str) -> None:
    source = written(tmp_path, asked(3), "jsonl")
    bulk(reader, [str(source)], str(tmp_path / "out"), BulkOptions(format=kind))
    (part,) = (tmp_path / "out").glob(f"part-*.{kind}")
    if kind == "csv":
        with part.open(encoding="utf-8", newline="") as stream:
            rows: Rows = list(csv.DictReader(stream))
    else:
        import pyarrow.parquet as pq

        rows = pq.read_table(part).to_pylist()
    assert [int(row["id"]) for row in rows] == [0, 1, 2]
    assert all(
        json.loads(row["answers"])[0]["text"] == row["answer_text"] for row in rows if row["answer_text"]
    )


def test_fields_over_documents(reader: Reader, tmp_path: Path) -> None:
    questions = tmp_path / "fields.csv"
    questions.write_text("field,question\nauthor,Who wrote it?\ntitle,What is it called?\n")
    rows = [{"id": i, "text": "Emma was written by Jane Austen."} for i in range(3)]
    source = written(tmp_path, rows, "csv")
    done = bulk(reader, [str(source)], str(tmp_path / "out"), BulkOptions(questions=questions))
    assert (done.rows, done.answers) == (3, 6)
    found = answers_in(tmp_path / "out")
    assert [(int(row["id"]), row["field"]) for row in found] == [
        (i, name) for i in range(3) for name in ("author", "title")
    ]


def test_bad_rows_are_set_aside_with_their_reason(reader: Reader, tmp_path: Path) -> None:
    source = tmp_path / "asks.jsonl"
    good = json.dumps({"question": "Who?", "passages": ["Ada.", "Grace."]})
    bad = [
        json.dumps({"question": "", "passages": "Ada."}),
        json.dumps({"question": "Who?"}),
        json.dumps({"question": "Who?", "passages": 3}),
        "{",
        "[1]",
    ]
    source.write_text("\n".join([good, *bad, good]) + "\n")
    done = bulk(reader, [str(source)], str(tmp_path / "out"))
    assert (done.rows, done.answers, done.rejects) == (7, 2, 5)
    (file,) = (tmp_path / "out" / "rejects").iterdir()
    rejects = [json.loads(line) for line in file.read_text().splitlines()]
    assert [row["row"] for row in rejects] == [2, 3, 4, 5, 6]
    for row, reason in zip(
        rejects,
        ["question is empty", "'passages' is missing", "passages must be", "not JSON", "not an object"],
        strict=True,
    ):
        assert reason in row["reason"]


def test_a_row_that_cant_be_taken_as_it_is_is_set_aside(reader: Reader, tmp_path: Path) -> None:
    lines, table = tmp_path / "asks.jsonl", tmp_path / "asks.csv"
    good = b'{"question": "Who?", "context": "Ada \\ud83d\\ude00 wrote.", "id": 1}'
    bad = {
        b'{"id": "\\ud800", "question": "Who?", "context": "Ada."}': "half of a character",
        b'{"id": "caf\xe9", "question": "Who?", "context": "Ada."}': "not UTF-8",
        b'{"id": "\xed\xa0\x80", "question": "Who?", "context": "Ada."}': "not UTF-8",
        b'{"id": ' + b"1" * 5000 + b"}": "too many digits",
        b"[" * 100_000: "nested too deep",
        b'{"question": "Who?"}': "'context' is missing or empty",
    }
    lines.write_bytes(b"\n".join([*bad, good]))
    table.write_text('question,context\nWho?,"Ada" wrote.\nWho?,' + "[" * 20_000 + "\n", encoding="utf-8")
    done = bulk(reader, [str(lines), str(table)], str(tmp_path / "out"))
    assert (done.rows, done.answers, done.rejects) == (len(bad) + 3, 2, len(bad) + 1)
    first, second = sorted((tmp_path / "out" / "rejects").iterdir())
    rejects = [json.loads(line) for line in first.read_text(encoding="utf-8").splitlines()]
    for row, reason in zip(rejects, bad.values(), strict=True):
        assert reason in row["reason"]
    assert "in line 2: ',' expected after" in json.loads(second.read_text(encoding="utf-8"))["reason"]


def test_what_is_carried_is_never_written_over_and_is_json(reader: Reader, tmp_path: Path) -> None:
    gold = {"text": ["Ada"], "answer_start": [0]}
    passages = [{"text": "Ada wrote it.", "id": "p7"}]
    rows = [{"ask": "Who?", "question": 5, "passages": passages, "answers": gold, "x": math.nan, "field": 1}]
    source, options = written(tmp_path, rows, "jsonl"), BulkOptions(question_column="ask")
    bulk(reader, [str(source)], str(tmp_path / "a"), options, no_answer_threshold=1.0)
    (found,) = answers_in(tmp_path / "a")
    assert (found["input_question"], found["input_answers"], found["question"]) == (5, gold, "Who?")
    assert found["x"] is None and found["field"] == 1 and found["answers"][0]["id"] == "p7"
    (tmp_path / "questions.jsonl").write_text('{"question": "Who?", "field": null}\n')
    named = BulkOptions(questions=tmp_path / "questions.jsonl", format="csv")
    bulk(reader, [str(source)], str(tmp_path / "b"), named)
    with (tmp_path / "b" / "part-0000-000000.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["field"], row["input_field"], json.loads(row["input_answers"])) == ("Who?", "1", gold)


def test_parts_of_parquet_have_one_schema_whatever_they_hold(reader: Reader, tmp_path: Path) -> None:
    import pyarrow.dataset as ds

    rows: Rows = [{"question": "Who?", "text": "zzz"}, *asked(1), {"question": "", "text": "Ada."}]
    rows[1]["text"] = rows[1].pop("passages")
    source, options = written(tmp_path, rows, "jsonl"), BulkOptions(rows=1, format="parquet")
    bulk(reader, [str(source)], str(tmp_path / "out"), options)
    parts = sorted(map(str, (tmp_path / "out").glob("*.parquet")))
    assert len(parts) == 3
    (answered,) = (row for row in ds.dataset(parts).to_table().to_pylist() if row["answer_text"])
    assert answered["answer_start"] is not None


def test_a_column_is_in_all_parts_and_of_one_type_whatever_a_part_lacks(
    reader: Reader, tmp_path: Path
) -> None:
    import pyarrow.dataset as ds

    given: Rows = [
        {"note": None, "meta": {}, "hash": 2**63 + 5},
        {"hash": 1},
        {"note": "a\rb", "meta": {"seen": 1}, "hash": 2, "tags": ["x", 3]},
        {"note": 7, "tags": []},
    ]
    source = written(
        tmp_path, [{**row, **extra} for row, extra in zip(asked(4), given, strict=True)], "jsonl"
    )
    for format in ("parquet", "csv"):
        options = BulkOptions(rows=1, format=format)
        assert bulk(reader, [str(source)], str(tmp_path / format), options).answers == 4
    parts = [ds.dataset(str(path)) for path in sorted((tmp_path / "parquet").glob("part-*"))]
    assert len({str(part.schema) for part in parts}) == 1
    found = [row for part in parts for row in part.to_table().to_pylist()]
    assert [row["id"] for row in found] == [0, 1, 2, 3]
    assert [row["note"] for row in found] == [None, None, "a\rb", "7"]
    assert [row["hash"] for row in found] == [str(2**63 + 5), "1", "2", None]
    assert [row["meta"] for row in found] == ["{}", None, '{"seen": 1}', None]
    tables = [rows(str(path)) for path in sorted((tmp_path / "csv").glob("part-*"))]
    read = [row.values for table in tables for row in table]
    assert {tuple(row) for row in read} == {tuple(read[0])}
    assert [row["note"] for row in read] == ["", "", "a\rb", "7"]


def test_parquet_keeps_the_types_that_it_came_with(reader: Reader, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "question": ["Who?"] * 2,
            "text": ["Ada wrote it."] * 2,
            "price": pa.array([Decimal("9.90"), Decimal("100.00")], pa.decimal128(10, 2)),
            "tags": pa.array([[{"name": "x"}], None], pa.list_(pa.struct({"name": pa.string()}))),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "asks.parquet")
    options = BulkOptions(rows=1, format="parquet")
    bulk(reader, [str(tmp_path / "asks.parquet")], str(tmp_path / "out"), options)
    found = ds.dataset(sorted(map(str, (tmp_path / "out").glob("part-*")))).to_table()
    for name in ("price", "tags", "kind"):
        assert found.schema.field(name).type == table.schema.field(name).type
        assert found[name].to_pylist() == table[name].to_pylist()


class Picky:
    """A reader that refuses some questions as a server with limits does, at their place."""

    fingerprint = ""

    def __init__(self, reader: Reader, refused: Callable[[str], bool], error: Exception) -> None:
        self._reader, self._refused, self._error = reader, refused, error

    def ask_many(self, asks: Iterable[Row], **options: Unpack[AskOptions]) -> Iterator[Answers]:
        ahead = list(asks)
        for question, passages, *_ in ahead:
            if self._refused(question):
                raise self._error
            yield self._reader.ask(question, passages, **options)


@given(st.sets(st.integers(0, 11)))
@settings(max_examples=15)
def test_what_a_reader_refuses_is_set_aside_and_the_rest_answered(
    tmp_path_factory: pytest.TempPathFactory, refused: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("picky")
    source = written(folder, asked(12), "jsonl")
    names = {f"Who wrote book {i}?" for i in refused}
    with Reader.load(engine="toy") as opened:
        picky = Picky(opened, names.__contains__, InputError("question is too long for this server"))
        done = bulk(picky, [str(source)], str(folder / "out"), BulkOptions(rows=5))
    assert (done.rows, done.answers, done.rejects) == (12, 12 - len(refused), len(refused))
    assert [row["id"] for row in answers_in(folder / "out")] == sorted(set(range(12)) - refused)


def test_a_run_that_failed_goes_on_where_it_was(reader: Reader, tmp_path: Path) -> None:
    source = written(tmp_path, asked(12), "jsonl")
    fails = Picky(reader, lambda question: "book 7?" in question, EngineError("the server is gone"))
    with pytest.raises(EngineError, match="gone"):
        bulk(fails, [str(source)], str(tmp_path / "out"), BulkOptions(rows=5))
    assert [row["id"] for row in answers_in(tmp_path / "out")] == [0, 1, 2, 3, 4]
    done = bulk(reader, [str(source)], str(tmp_path / "out"), BulkOptions(rows=5))
    assert (done.rows, done.parts_before, done.parts) == (12, 1, 2)
    bulk(reader, [str(source)], str(tmp_path / "whole"), BulkOptions(rows=5))
    assert bytes_in(tmp_path / "out") == bytes_in(tmp_path / "whole")


def _reached(process: subprocess.Popen[bytes], folder: Path, parts: int) -> bool:
    return process.poll() is not None or len(list(folder.glob("part-*"))) >= parts


def test_killed_anywhere_it_gives_the_same_bytes(reader: Reader, tmp_path: Path) -> None:
    source = written(tmp_path, asked(400), "jsonl")
    bulk(reader, [str(source)], str(tmp_path / "whole"), BulkOptions(rows=7))
    command = tritonqa("bulk", str(source), "-o", str(tmp_path / "out"), "--engine", "toy", "--rows", "7")
    for wanted in (3, 20, 40):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            eventually(partial(_reached, process, tmp_path / "out", wanted))
            process.send_signal(signal.SIGKILL)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert bytes_in(tmp_path / "out") == bytes_in(tmp_path / "whole")
    assert not list((tmp_path / "out").rglob(".*.tmp"))


def test_urls_of_stores(reader: Reader, tmp_path: Path) -> None:
    import fsspec

    store = fsspec.filesystem("memory")
    store.pipe_file("/in/asks.jsonl", written(tmp_path, asked(3), "jsonl").read_bytes())
    done = bulk(reader, ["memory://in/*.jsonl"], "memory://out")
    assert done.answers == 3 and store.exists("/out/_SUCCESS")
    assert bulk(reader, ["memory://in/*.jsonl"], "memory://out").parts_before == 1


def test_the_command(tmp_path: Path) -> None:
    source = written(tmp_path, asked(3), "csv")
    command = tritonqa("bulk", str(source), "-o", str(tmp_path / "out"), "--engine", "toy", "--json")
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ))
    record = json.loads(done.stdout)
    assert record["answers"] == 3 and record["output"] == str(tmp_path / "out")


def test_semicolons_part_the_cells_of_a_csv_whose_header_has_no_comma(tmp_path: Path) -> None:
    source = tmp_path / "excel.csv"
    source.write_text('question;context\r\nWho?;"Ada; she wrote it, in 1843"\r\n', encoding="utf-8-sig")
    (row,) = rows(str(source))
    assert row.values == {"question": "Who?", "context": "Ada; she wrote it, in 1843"} and not row.reason
    source.write_text('"a;b",c\r\n1,2\r\n', encoding="utf-8")
    assert [row.values for row in rows(str(source))] == [{"a;b": "1", "c": "2"}]
    source.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="holds no row that can be read; it is empty"):
        columns(str(source))
