"""A Hub that works, and one that doesn't: against a stand-in on loopback."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.command import on_terminal
from tests.support.hub import COMMIT, Hub, serving
from tritonqa import Reader, pipeline
from tritonqa.errors import BundleError, ExportError, InputError, TritonQAError, Unavailable
from tritonqa.export.hub import HubName, download, is_hub_name


@pytest.fixture
def hub(bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    from huggingface_hub import constants

    with serving(bert) as found:
        monkeypatch.setattr(constants, "ENDPOINT", found.address)
        template = found.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1024)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        yield found


def test_downloaded_once_and_again_offline(hub: Hub, bert: Path) -> None:
    seen: list[tuple[int, int]] = []
    found = download(HubName.parse("owner/tiny"), lambda stage, done, total: seen.append((done, total)))
    assert (found.revision, found.licence) == (COMMIT, "mit")
    for path in bert.iterdir():
        assert (found.folder / path.name).read_bytes() == path.read_bytes()
    assert seen[0][0] == 0 and seen[-1][0] == seen[-1][1] > 0
    hub.shutdown()
    hub.server_close()
    assert download(HubName.parse("owner/tiny")).folder == found.folder
    with pytest.raises(Unavailable, match="owner/other is not in the cache, and the Hub can't be reached"):
        download(HubName.parse("owner/other"))


def test_a_dropped_connection_is_resumed(hub: Hub, bert: Path) -> None:
    hub.drops = 1
    found = download(HubName.parse("owner/tiny"))
    assert (found.folder / "model.safetensors").read_bytes() == (bert / "model.safetensors").read_bytes()
    sent = [line for line in hub.asked if line.startswith("GET") and "model.safetensors" in line]
    assert len(sent) == 2 and "bytes=" in sent[1], sent


def test_a_token_is_shown_to_the_hub(hub: Hub) -> None:
    download(HubName.parse("owner/tiny"), token="hf_of_ours")
    assert "Bearer hf_of_ours" in hub.shown


def test_a_revision_is_pinned(hub: Hub) -> None:
    assert download(HubName.parse("owner/tiny@v1")).revision == COMMIT
    with pytest.raises(ExportError, match="owner/tiny has no revision 'v9'"):
        download(HubName.parse("owner/tiny@v9"))


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "login: hf auth login"),
        (403, "login: hf auth login"),
        (429, "too many requests from here"),
        (500, "the Hub answered 500"),
    ],
)
def test_what_the_hub_refuses(hub: Hub, status: int, message: str) -> None:
    hub.status = status
    with pytest.raises(ExportError, match=message):
        download(HubName.parse("owner/tiny"))


def test_an_id_that_does_not_exist(hub: Hub) -> None:
    with pytest.raises(ExportError, match="the Hub has no owner/none"):
        download(HubName.parse("owner/none"))


def test_damaged_files_are_not_kept(hub: Hub) -> None:
    hub.lie = 7
    with pytest.raises(ExportError, match="arrived damaged"):
        download(HubName.parse("owner/tiny"))
    hub.lie, hub.forge = 0, True
    with pytest.raises(ExportError, match="model.safetensors arrived damaged"):
        download(HubName.parse("owner/tiny"))
    hub.forge = False
    assert download(HubName.parse("owner/tiny")).revision == COMMIT


def test_pickles_are_refused_before_they_are_fetched(hub: Hub, tmp_path: Path) -> None:
    hub.folder = tmp_path / "pickled"
    hub.folder.mkdir()
    (hub.folder / "config.json").write_text("{}")
    (hub.folder / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(ExportError, match="only in pytorch_model.bin, which can run code"):
        download(HubName.parse("owner/tiny"))
    assert not any("pytorch_model.bin" in line for line in hub.asked)


@pytest.mark.parametrize("name", ["../etc", "a/b/c", "a", "", "a/b@", "/a/b", "a b/c"])
def test_names_that_are_none(name: str) -> None:
    assert not is_hub_name(name)
    with pytest.raises(InputError, match="is no Hub id"):
        HubName.parse(name)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX terminals")
def test_two_processes_export_once_and_show_it(hub: Hub, tmp_path: Path) -> None:
    code = (
        "from tritonqa import Reader; r = Reader.load('owner/tiny'); "
        "print(r.ask('What is blue?', 'The sky is blue.', no_answer_threshold=1.0)[0].text); r.close()"
    )
    env = {
        **os.environ, "HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }  # fmt: skip

    def load(name: str) -> tuple[str, str]:
        with (tmp_path / name).open("w+") as stdout:
            shown = on_terminal([sys.executable, "-c", code], stdout, env)
            stdout.seek(0)
            return stdout.read().strip(), shown

    with ThreadPoolExecutor() as threads:
        both = list(threads.map(load, ("one", "two")))
    (answer, shown), (other, also_shown) = both
    assert answer == other != ""
    assert ("writing onnx" in shown) != ("writing onnx" in also_shown)
    assert sum("GET" in line and "model.safetensors" in line for line in hub.asked) == 1
    asked = len(hub.asked)
    assert load("again") == (answer, "") and len(hub.asked) == asked


@pytest.mark.skipif(sys.platform != "linux", reason="where the cache lies is said by XDG_CACHE_HOME")
def test_a_cache_that_cannot_be_written_is_named(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(BundleError, match="the cache .*owner--tiny can't be written: Not a directory"):
        Reader.load("owner/tiny")
    assert not hub.asked


def test_errors_are_the_librarys_own(hub: Hub) -> None:
    hub.status = 418
    with pytest.raises(TritonQAError):
        download(HubName.parse("owner/tiny"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / "cache"))
    return tmp_path / "cache" / "readers"


def test_revision_and_token_as_transformers_takes_them(hub: Hub, cache: Path) -> None:
    with Reader.load("owner/tiny", revision="v1", token="hf_x") as reader:
        assert reader.ask("What is blue?", "The sky is blue.", no_answer_threshold=1.0)
    assert (cache / "owner--tiny" / "v1" / "bundle.json").is_file()
    assert hub.shown == {"Bearer hf_x"}
    with pipeline(
        model="owner/tiny", revision="v1", tokenizer="owner/tiny", trust_remote_code=False
    ) as answer:  # type: ignore[call-arg]
        assert answer("What is blue?", "The sky is blue.")["answer"]
    with pytest.raises(InputError, match="revision 'v2' is not that of owner/tiny@v1; give one of the two"):
        Reader.load("owner/tiny@v1", revision="v2")
    with pytest.raises(InputError, match="revision is of a checkpoint of the Hub"):
        pipeline(revision="main")
    with pytest.raises(InputError, match="revision and token are for the Hub"):
        Reader.load("grpc://127.0.0.1:1", token="hf_x")
    with pytest.raises(InputError, match="option 'trust_remote_code' is unknown; the options of loading"):
        Reader.load("owner/tiny", trust_remote_code=True)  # type: ignore[call-arg]


def test_a_checkpoints_folder_is_loaded_as_a_hub_id_is(bert: Path, cache: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(bert, tmp_path / "my checkpoint"))
    for opened in (Reader.load(folder), Reader.load(str(folder)), Reader(pipeline(model=folder)._backend)):
        with opened as reader:
            assert reader.ask("What is blue?", "The sky is blue.", no_answer_threshold=1.0)
    (exported,) = cache.glob("my checkpoint--*/*/bundle.json")
    os.utime(folder / "config.json", (1, 1))
    Reader.load(folder).close()
    (anew,) = cache.glob("my checkpoint--*/*/bundle.json")
    assert anew != exported
    (tmp_path / "empty").mkdir()
    with pytest.raises(BundleError, match="no bundle.json, nor a checkpoint's config.json and weights"):
        Reader.load(tmp_path / "empty")
