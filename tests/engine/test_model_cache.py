from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.engine.model_cache import VARIABLE, ModelCache, key_of, model_cache

BLOB = bytes(range(256)) * 40


def test_a_blob_is_given_back_as_it_was_kept(tmp_path: Path) -> None:
    cache = ModelCache(tmp_path / "not yet" / "there")
    assert cache.get("key") is None
    cache.put("key", BLOB)
    found = cache.get("key")
    assert found is not None and found.tobytes() == BLOB
    assert [path.name for path in cache.folder.iterdir()] == ["key"]


@given(size=st.integers(0, len(BLOB) + 19))
def test_a_truncated_file_is_none(tmp_path: Path, size: int) -> None:
    cache = ModelCache(tmp_path)
    cache.put("key", BLOB)
    os.truncate(tmp_path / "key", size)
    assert cache.get("key") is None


@given(at=st.integers(0, len(BLOB) + 19), flipped=st.integers(1, 255))
def test_a_damaged_file_is_none(tmp_path: Path, at: int, flipped: int) -> None:
    cache = ModelCache(tmp_path)
    cache.put("key", BLOB)
    data = bytearray((tmp_path / "key").read_bytes())
    data[at] ^= flipped
    (tmp_path / "key").write_bytes(data)
    assert cache.get("key") is None


def test_the_longest_unused_make_room(tmp_path: Path) -> None:
    cache = ModelCache(tmp_path, most=3 * (len(BLOB) + 20))
    for number in range(3):
        cache.put(str(number), BLOB)
        os.utime(tmp_path / str(number), (number, number))
    assert cache.get("0") is not None  # and so used last
    cache.put("3", BLOB)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "2", "3"]
    cache.put("large", BLOB * 4)
    assert cache.get("large") is None and cache.get("3") is not None


def test_many_write_and_read_at_once(tmp_path: Path) -> None:
    def turn(number: int) -> bool:
        cache = ModelCache(tmp_path, most=20 * len(BLOB))
        cache.put(str(number % 4), BLOB)
        found = cache.get(str((number + 1) % 4))
        return found is None or found.tobytes() == BLOB

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(turn, range(200)))
    assert len(list(tmp_path.iterdir())) == 4


def test_nothing_is_kept_where_the_folder_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = ModelCache(tmp_path / "file" / "cache")
    cache.put("key", BLOB)
    assert cache.get("key") is None


def test_where_models_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(VARIABLE, "off")
    assert model_cache() is None
    monkeypatch.setenv(VARIABLE, str(tmp_path / "elsewhere"))
    assert model_cache() == ModelCache(tmp_path / "elsewhere")
    monkeypatch.delenv(VARIABLE)
    found = model_cache()
    assert found is not None and found.folder.name == "compiled" and found.folder.parent.name == "tritonqa"


def test_another_file_or_setting_has_another_key(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"model")
    other.write_bytes(b"other")
    keys = {key_of([one], "f32"), key_of([other], "f32"), key_of([one], "bf16"), key_of([one, other], "f32")}
    assert len(keys) == 4
    other.write_bytes(b"model")
    assert key_of([other], "f32") == key_of([one], "f32")
