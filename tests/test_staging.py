from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tritonqa.errors import InputError, OutputError
from tritonqa.staging import folder_beside, one_writer, require_other, whole_file


def test_what_is_renamed_stays_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "made.json"
    with folder_beside(place) as folder:
        assert folder.parent == tmp_path and folder.name.startswith(".made.json-")
        (folder / "left").mkdir()
        (folder / "whole").write_text("{}", encoding="utf-8")
        (folder / "whole").replace(place)
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and named pipes")
def test_a_file_takes_its_place_where_a_link_leads_and_a_pipe_stays_one(tmp_path: Path) -> None:
    link, pipe = tmp_path / "link.json", tmp_path / "pipe"
    link.symlink_to("real.json")
    with whole_file(link) as stream:
        stream.write("first")
    with pytest.raises(KeyError), whole_file(link) as stream:
        stream.write("second")
        raise KeyError
    assert link.is_symlink() and (tmp_path / "real.json").read_text(encoding="utf-8") == "first"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_text, encoding="utf-8")
        with whole_file(pipe) as stream:
            stream.write("through")
        assert read.result() == "through" and pipe.is_fifo()
    assert {path.name for path in tmp_path.iterdir()} == {"link.json", "real.json", "pipe"}


def test_what_is_read_is_not_written(tmp_path: Path) -> None:
    source, link = tmp_path / "pages.jsonl", tmp_path / "other.jsonl"
    require_other(source, "output", [source])  # neither is there
    source.touch()
    os.link(source, link)
    with pytest.raises(OutputError, match="output .*other.jsonl is one of the files to read"):
        require_other(link, "output", [tmp_path / "none", source])


def test_an_interrupt_as_the_folder_is_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Path.mkdir

    def interrupted(path: Path, mode: int = 0o777) -> None:
        make(path, mode)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "mkdir", interrupted)
    with pytest.raises(KeyboardInterrupt), folder_beside(tmp_path / "made"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_place_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), folder_beside(tmp_path / "nowhere" / "made"):
        pass


def test_one_process_writes_at_a_time_and_the_lock_goes_away(tmp_path: Path) -> None:
    lock = tmp_path / "made.lock"
    with one_writer(lock, "busy"):
        code = "import sys; from pathlib import Path; from tritonqa.staging import one_writer\n"
        code += "with one_writer(Path(sys.argv[1]), 'wait for it'): print('in')"
        other = subprocess.run([sys.executable, "-c", code, lock], capture_output=True, text=True)
        assert "InputError: wait for it" in other.stderr and not other.stdout
    with pytest.raises(KeyError), one_writer(lock, "busy"):
        raise KeyError
    assert not list(tmp_path.iterdir())
    with (
        pytest.raises(OutputError, match="choose another place"),
        one_writer(tmp_path / "no" / "lock", "busy"),
    ):
        pass


def test_a_lock_that_is_held_here_is_busy_too(tmp_path: Path) -> None:
    with one_writer(tmp_path / "lock", "busy"), pytest.raises(InputError, match="busy"):
        one_writer(tmp_path / "lock", "busy").__enter__()
