"""What is wrong is said in one sentence, what was written stays, and the next run goes on."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.support.bulk import answers_in, asked, bytes_in, written
from tritonqa import Reader
from tritonqa.bulk import BulkOptions, bulk
from tritonqa.bulk.files import Folder
from tritonqa.bulk.ledger import alone
from tritonqa.errors import InputError, OutputError

pytest.importorskip("pyarrow", reason="needs tritonqa[bulk]")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            BulkOptions(question_column="ask"),
            "question_column 'ask' is not there; the columns are id, question",
        ),
        (BulkOptions(text_column="body"), "text_column 'body' is not there"),
        (BulkOptions(questions=Path("/no/such/file.txt")), "questions /no/such/file.txt can't be read"),
    ],
)
def test_what_is_not_there_is_said_first(
    reader: Reader, tmp_path: Path, options: BulkOptions, message: str
) -> None:
    source = written(tmp_path, asked(1), "jsonl")
    with pytest.raises(InputError, match=message):
        bulk(reader, [str(source)], str(tmp_path / "out"), options)


NO_TABLES = {
    "empty.jsonl": (b"", "holds no row that can be read; it is empty"),
    "book.xlsx": (b"PK\x03\x04\xff\xfe", "row 1: not UTF-8.*give JSON lines, CSV, TSV or Parquet"),
    "array.json": (b'[\n{"question": "Who?"}]', "row 1: not JSON"),
    "plain.jsonl.gz": (b"{}", "is called .gz and is no gzip file"),
    "excel.csv": ("question,context\n".encode("utf-16"), "is not UTF-8 somewhere behind row 0"),
    "late.csv": (b"question,context\n" + b"Who?,Ada.\n" * 5000 + b"\xff,\n", "UTF-8 somewhere behind row 4"),
    "twice.csv": (b"id,id,question,context\n1,2,Who?,Ada.\n", "column 'id' is named twice"),
    "head.csv": (b'"question"x,context\nWho?,Ada.\n', "its first line names no columns: ',' expected after"),
    "quote.csv": (b'question,context\nWho?,Ada.\nWho?,"Bob\nWho?,Eve.\n', "behind row 1: a quotation mark"),
    "text.parquet": (b"{}", "is cut short or no Parquet file"),
}


@pytest.mark.parametrize("name", NO_TABLES)
def test_what_is_no_table_is_one_sentence(reader: Reader, tmp_path: Path, name: str) -> None:
    content, message = NO_TABLES[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=f"{name}.*{message}"):
        bulk(reader, [str(tmp_path / name)], str(tmp_path / "out"))
    assert not list(tmp_path.glob("out/_SUCCESS"))


def test_columns_of_parquet_that_cant_be_read_are_named(reader: Reader, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    source, asks = tmp_path / "asks.parquet", {"question": ["Who?"], "context": ["Ada wrote it."]}
    late = pa.table({**asks, "day": pa.array([10**7], pa.date32())})  # the year 29349
    twice = pa.table([["Who?"], ["Ada."], ["Bob."]], names=["question", "context", "context"])
    for table, message in (
        (late, "column 'day', rows 1 to 1 can't be read: .*; cast it to text"),
        (twice, "column 'context' is named twice"),
    ):
        pq.write_table(table, source)
        with pytest.raises(InputError, match=f"asks.parquet: {message}"):
            bulk(reader, [str(source)], str(tmp_path / "out"))


def test_no_input_is_answered_twice_or_taken_from_the_output(reader: Reader, tmp_path: Path) -> None:
    folder = tmp_path / "in[1]"
    folder.mkdir()
    source = written(folder, asked(2), "jsonl")
    for name in ("_SUCCESS", ".asks.crc", "_metadata"):
        (folder / name).touch()
    for inputs, message in (
        ([str(source), str(source)], "is named twice"),
        ([str(folder), str(source)], "is named twice"),
        ([""], "input is empty"),
    ):
        with pytest.raises(InputError, match=message):
            bulk(reader, inputs, str(tmp_path / "out"))
    with pytest.raises(InputError, match="lies in the output's folder"):
        bulk(reader, [str(folder)], str(folder))
    with pytest.raises(InputError, match="output is empty"):
        bulk(reader, [str(source)], " ")
    for again in (0, 1):  # the output's own parts are no inputs, so that a run can go on
        assert bulk(reader, [str(folder)], str(folder / "out")).parts_before == again
    for again in (0, 1):
        done = bulk(reader, [str(tmp_path / "*" / "*.jsonl")], str(tmp_path / "all"))
        assert (done.rows, done.parts_before) == (2, again)


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_a_pipe_is_refused_and_a_place_of_the_lock_that_is_taken(reader: Reader, tmp_path: Path) -> None:
    source, pipe = written(tmp_path, asked(1), "jsonl"), tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="pipe is no file, and can't be read twice"):
        bulk(reader, [str(pipe)], str(tmp_path / "out"))
    (tmp_path / "taken" / ".lock").mkdir(parents=True)
    with pytest.raises(OutputError, match="lock can't be written"):
        bulk(reader, [str(source)], str(tmp_path / "taken"))


def test_other_runs_are_kept_out_of_a_folder(
    reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = written(tmp_path, asked(4), "jsonl"), tmp_path / "out"
    bulk(reader, [str(source)], str(out), BulkOptions(rows=2))
    with pytest.raises(InputError, match=r"holds a run with other rows \(2, not 3\)"):
        bulk(reader, [str(source)], str(out), BulkOptions(rows=3))
    with (
        monkeypatch.context() as patch,
        pytest.raises(InputError, match=r"holds a run with other reader \('"),
    ):
        patch.setattr(reader.backend, "fingerprint", "another")
        bulk(reader, [str(source)], str(out), BulkOptions(rows=2))
    with monkeypatch.context() as patch:
        patch.setattr(reader.backend, "fingerprint", "")  # not known
        assert bulk(reader, [str(source)], str(out), BulkOptions(rows=2)).parts_before == 2
    with alone(Folder(str(out))), pytest.raises(InputError, match="another run is writing"):
        bulk(reader, [str(source)], str(out), BulkOptions(rows=2))
    part = sorted(out.glob("part-*"))[0]
    part.write_text("by hand")
    with pytest.raises(InputError, match="was changed since it was written"):
        bulk(reader, [str(source)], str(out), BulkOptions(rows=2))
    part.unlink()
    assert bulk(reader, [str(source)], str(out), BulkOptions(rows=2)).parts == 1
    record = out / "_done" / f"{part.stem}.json"
    record.write_text("{")
    with pytest.raises(InputError, match="is damaged; remove it"):
        bulk(reader, [str(source)], str(out), BulkOptions(rows=2))
    record.unlink()
    assert bulk(reader, [str(source)], str(out), BulkOptions(rows=2)).parts == 1


def test_rows_that_changed_since_are_not_mixed_with_those_before(reader: Reader, tmp_path: Path) -> None:
    source, out = written(tmp_path, asked(4), "jsonl"), tmp_path / "out"
    bulk(reader, [str(source)], str(out), BulkOptions(rows=2))
    before = source.read_text()
    head, question, tail = before.rpartition("Who")
    source.write_text(f"{head}How{tail}")  # as many bytes as before
    assert question and source.stat().st_size == len(before.encode())
    with pytest.raises(InputError, match="the rows of part-0000-000001 were changed since"):
        bulk(reader, [str(source)], str(out), BulkOptions(rows=2))
    source.write_text(before)
    for record in (out / "_done").iterdir():  # as versions wrote it that kept no hash of the rows
        known = json.loads(record.read_text())
        del known["source"]
        record.write_text(json.dumps(known))
    assert bulk(reader, [str(source)], str(out), BulkOptions(rows=2)).parts_before == 2


@pytest.mark.parametrize("kind", ["parquet", "jsonl.gz"])
def test_a_file_cut_short_keeps_what_was_before(reader: Reader, tmp_path: Path, kind: str) -> None:
    source = written(tmp_path, asked(3000), kind)
    source.write_bytes(source.read_bytes()[: source.stat().st_size * 2 // 3])
    with pytest.raises(InputError, match="cut short"):
        bulk(reader, [str(source)], str(tmp_path / "out"), BulkOptions(rows=10))
    found = answers_in(tmp_path / "out")
    assert bool(found) == (kind == "jsonl.gz")  # a Parquet file without its end says nothing
    assert [row["id"] for row in found] == list(range(len(found)))
    assert not (tmp_path / "out" / "_SUCCESS").exists()


@pytest.mark.parametrize("name", ["/no/such/file.jsonl", "nowhere://x/y.jsonl", "ftp://127.0.0.1:1/y.jsonl"])
def test_inputs_that_are_not_there(reader: Reader, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=name):
        bulk(reader, [name], str(tmp_path / "out"))


def test_an_output_that_cant_be_written(reader: Reader, tmp_path: Path) -> None:
    source = written(tmp_path, asked(1), "jsonl")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="can't be written"):
        bulk(reader, [str(source)], str(tmp_path / "file" / "out"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no limit of a file")
def test_a_full_disk_is_said_and_the_next_run_goes_on(reader: Reader, tmp_path: Path) -> None:
    import resource

    source, options = written(tmp_path, asked(40), "jsonl"), BulkOptions(rows=10)
    bulk(reader, [str(source)], str(tmp_path / "whole"), options)
    sizes = sorted(path.stat().st_size for path in (tmp_path / "whole").glob("part-*"))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (sizes[0] + 1, before[1]))
    try:
        with pytest.raises(OutputError, match="can't be written: File too large; make room"):
            bulk(reader, [str(source)], str(tmp_path / "out"), options)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list((tmp_path / "out").rglob(".*.tmp"))
    done = bulk(reader, [str(source)], str(tmp_path / "out"), options)
    assert (done.parts_before, done.parts) == (1, 3)
    assert bytes_in(tmp_path / "out") == bytes_in(tmp_path / "whole")
