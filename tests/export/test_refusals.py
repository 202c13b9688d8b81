"""Checkpoints that can't become a bundle: one sentence that names the cause, and nothing left."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tritonqa.errors import BundleError, ExportError, InputError, TritonQAError
from tritonqa.export import ExportOptions, export
from tritonqa.export.checkpoint import open_checkpoint


@pytest.fixture
def copy(bert: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bert, tmp_path / "checkpoint"))


def change(folder: Path, name: str = "config.json", **values: Any) -> None:
    path = folder / name
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}), encoding="utf-8")


def tensors(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    from safetensors.torch import load_file, save_file

    found = load_file(folder / "model.safetensors")
    edit(found)
    save_file(found, folder / "model.safetensors", metadata={"format": "pt"})


def headless(found: dict[str, Any]) -> None:
    for name in [name for name in found if name.startswith("qa_outputs")]:
        del found[name]


def lengthen(found: dict[str, Any]) -> None:
    name = "bert.encoder.layer.1.output.dense.weight"
    found[name.replace("layer.1", "layer.2")] = found[name].clone()


def more(folder: Path) -> None:
    with (folder / "vocab.txt").open("a") as stream:
        stream.write("\nmore")


def link(folder: Path) -> None:
    (folder.parent / "outside.json").write_text("{}")
    (folder / "extra.json").symlink_to(folder.parent / "outside.json")


def loop(folder: Path) -> None:
    (folder / "loop").symlink_to("loop")
    (folder / "config.json").unlink()


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


BAD: list[tuple[str, Callable[[Path], object], str]] = [
    ("no head", lambda f: tensors(f, headless), "no question answering head .*would be random"),
    (
        "a tensor gone",
        lambda f: tensors(f, lambda t: t.pop("bert.embeddings.LayerNorm.weight")),
        "lacks tensors",
    ),
    (
        "a layer too many",
        lambda f: tensors(f, lengthen),
        "tensors that its config does not ask for: bert.encoder",
    ),
    ("wrong vocabulary", lambda f: change(f, vocab_size=700), "word_embeddings.weight has shape"),
    ("tokenizer larger", more, "token id .* vocab_size of"),
    ("no tokenizer", lambda f: (f / "vocab.txt").unlink(), "the tokenizer is missing"),
    ("config gone", lambda f: (f / "config.json").unlink(), "config.json is missing"),
    ("config damaged", lambda f: (f / "config.json").write_text("{"), "config.json is damaged"),
    ("config no object", lambda f: (f / "config.json").write_text("[]"), "config.json holds no JSON object"),
    ("no model type", lambda f: change(f, model_type=None), "names no model_type"),
    ("unknown type", lambda f: change(f, model_type="abacus"), "transformers can't load the checkpoint"),
    (
        "weights damaged",
        lambda f: (f / "model.safetensors").write_bytes(b"x" * 99),
        "can't load the checkpoint",
    ),
    ("weights gone", lambda f: (f / "model.safetensors").unlink(), "model.safetensors is missing"),
    ("only a pickle", pickled, "only in pytorch_model.bin, which can run code"),
    ("remote code", lambda f: change(f, auto_map={"AutoModel": "x.Y"}), "auto_map.*remote code is never run"),
    ("remote tokenizer", lambda f: change(f, "tokenizer_config.json", auto_map={"A": "x.Y"}), "auto_map"),
    *(
        (
            kind,
            lambda f, kind=kind: change(f, model_type=kind),
            f"of {kind} can't be exported: .*; use one of",
        )
        for kind in ("longformer", "led", "mbart", "funnel", "canine")
    ),
    (
        "sparse attention",
        lambda f: change(f, model_type="big_bird"),
        "of big_bird can't be exported: .* attention_type to original_full",
    ),
    ("a link out", link, "extra.json is a link that leaves the folder"),
    ("a link to itself", loop, "config.json is missing"),
    ("an adapter", lambda f: (f / "adapter_config.json").write_text("{}"), "adapter; merge it"),
    ("quantised", lambda f: change(f, quantization_config={"bits": 4}), "quantization_config"),
]


@pytest.mark.parametrize(("damage", "message"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_refused_by_name(
    copy: Path, asks: Path, damage: Callable[[Path], object], message: str, tmp_path: Path
) -> None:
    damage(copy)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(ExportError, match=message) as caught:
        export(copy, tmp_path / "bundle", ExportOptions(asks=asks))
    assert "\n" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_shards_that_leave_the_folder(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy.parent / "x.safetensors")
    index = {"weight_map": {"a": "../x.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ExportError, match="names '../x.safetensors', which leaves the folder"):
        open_checkpoint(copy)


def test_shards_are_read(bert: Path, asks: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForQuestionAnswering

    folder = Path(shutil.copytree(bert, tmp_path / "sharded"))
    (folder / "model.safetensors").unlink()
    model: Any = AutoModelForQuestionAnswering.from_pretrained(bert)
    model.save_pretrained(folder, max_shard_size="60KB")
    assert len(open_checkpoint(folder).weights) > 1
    assert export(folder, tmp_path / "bundle", ExportOptions(asks=asks)).manifest.formats[0].parity


@pytest.mark.parametrize(
    ("name", "message"), [("model.zip", "an archive; unpack it"), ("model.txt", "a file; give its folder")]
)
def test_what_is_no_folder(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(InputError, match=message):
        export(tmp_path / name, tmp_path / "bundle")


def test_links_into_a_hub_caches_blobs_are_its_layout(bert: Path, tmp_path: Path) -> None:
    snapshot, blobs = tmp_path / "models--o--n" / "snapshots" / "c0ffee", tmp_path / "models--o--n" / "blobs"
    snapshot.mkdir(parents=True)
    shutil.copytree(bert, blobs)
    for path in blobs.iterdir():
        (snapshot / path.name).symlink_to(Path("..", "..", "blobs", path.name))
    assert open_checkpoint(snapshot).architecture == "BertForQuestionAnswering"


def test_a_template_with_its_first_token_at_the_end(copy: Path, asks: Path, tmp_path: Path) -> None:
    from tokenizers.processors import TemplateProcessing
    from transformers import AutoTokenizer

    fast = AutoTokenizer.from_pretrained(copy)
    fast.backend_tokenizer.post_processor = TemplateProcessing(
        single="$A [SEP] [CLS]",
        pair="$A [SEP] $B:1 [SEP]:1 [CLS]:2",
        special_tokens=[("[SEP]", fast.sep_token_id), ("[CLS]", fast.cls_token_id)],
    )
    fast.backend_tokenizer.save(str(copy / "tokenizer.json"))
    (copy / "vocab.txt").unlink()
    change(copy, "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast")
    with pytest.raises(ExportError, match="must put a special token first, then question, then passage"):
        export(copy, tmp_path / "bundle", ExportOptions(asks=asks))


def test_a_target_under_a_file(bert: Path, asks: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BundleError, match="could not be written"):
        export(bert, tmp_path / "file" / "bundle", ExportOptions(asks=asks))
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc, where nobody may make a folder")
def test_a_target_where_nobody_may_write(bert: Path, asks: Path) -> None:
    with pytest.raises(BundleError, match="/proc/self/bundle could not be written") as caught:
        export(bert, Path("/proc/self/bundle"), ExportOptions(asks=asks))
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_target_without_permission(bert: Path, asks: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(BundleError, match="could not be written: Permission denied"):
        export(bert, tmp_path / "bundle", ExportOptions(asks=asks))
    assert not list(tmp_path.iterdir())


def test_asks_that_can_t_be_read(bert: Path, tmp_path: Path) -> None:
    with pytest.raises(TritonQAError, match="can't be read"):
        export(bert, tmp_path / "bundle", ExportOptions(asks=tmp_path / "none.json"))
    assert not list(tmp_path.iterdir())
