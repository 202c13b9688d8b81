from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tritonqa.errors import LibraryError
from tritonqa.library.answer.judge import fitted
from tritonqa.library.answer.kept import FILE, Kept, forget, keep, kept


def test_a_judge_is_kept_and_forgotten(tmp_path: Path) -> None:
    assert kept(tmp_path) is None and kept(None) is None
    judge = fitted()
    other = replace(
        judge, lexical=replace(judge.lexical, answered=dict.fromkeys(judge.lexical.answered, 2.5))
    )
    keep(tmp_path, Kept(other, 31))
    assert kept(tmp_path) == Kept(other, 31)
    keep(tmp_path, Kept(judge, 32))
    assert kept(tmp_path) == Kept(judge, 32)
    assert forget(tmp_path) and not forget(tmp_path)
    assert kept(tmp_path) is None and not list(tmp_path.iterdir())


@pytest.mark.parametrize("change", ["{", "[]", '{"questions": 3}', "nan", "name"])
def test_what_is_no_judge_is_told_with_the_remedy(tmp_path: Path, change: str) -> None:
    keep(tmp_path, Kept(fitted(), 30))
    record = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    if change == "nan":
        record["hybrid"]["right"]["share"] = float("nan")
        change = json.dumps(record)
    elif change == "name":
        record["hybrid"]["right"]["moon"] = 1.0
        change = json.dumps(record)
    (tmp_path / FILE).write_text(change, encoding="utf-8")
    with pytest.raises(LibraryError, match=r"judge\.json is no judge.*tritonqa library fit, or remove it"):
        kept(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"none.judge\.json can't be written"):
        keep(tmp_path / "none", Kept(fitted(), 30))
