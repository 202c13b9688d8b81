"""A teacher that numbers the same word pieces otherwise."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import torch

from models.minilm.recipe.objectives import taught
from models.minilm.recipe.teacher import Teacher
from tests.support import checkpoints
from tritonqa.errors import InputError
from tritonqa.train.objective import Target
from tritonqa.train.start import Start

QUESTION, PASSAGES = "Who wrote the first program?", ("Ada Lovelace did.", "It was Ada Lovelace, in 1843.")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make a student and a teacher that know the same pieces."""
    root = tmp_path_factory.mktemp("checkpoints")
    student = checkpoints.make("bert", root / "student")
    pieces = (student / "vocab.txt").read_text(encoding="utf-8").splitlines()
    teacher = checkpoints.make("mpnet", root / "teacher")
    special = ["<s>", "<pad>", "</s>", "[UNK]"]
    kept = [*special, *(p for p in pieces if not re.fullmatch(r"\[[A-Z]+\]", p)), "<mask>"]
    (teacher / "vocab.txt").write_text("\n".join(kept), encoding="utf-8")
    assert len(kept) <= json.loads((teacher / "config.json").read_text())["vocab_size"]
    return student, teacher


def inputs(start: Start) -> dict[str, torch.Tensor]:
    found = start.tokenizer([QUESTION] * 2, list(PASSAGES), padding=True, return_tensors="pt")
    return dict(found)


def test_logits_are_those_of_its_own_tokenizer(folders: tuple[Path, Path]) -> None:
    student, own = Start.open(folders[0]), Start.open(folders[1])
    teacher = Teacher(folders[1], student)
    found = teacher(**inputs(student))
    for row, passage in enumerate(PASSAGES):
        encoded = own.tokenizer(QUESTION, passage, return_tensors="pt")
        with torch.no_grad():
            known = own.model.eval()(**{k: v for k, v in encoded.items() if k != "token_type_ids"})
        second = int((encoded["input_ids"][0] == own.tokenizer.sep_token_id).int().argmax()) + 1
        for name in ("start_logits", "end_logits"):
            expected = torch.cat((known[name][0, :second], known[name][0, second + 1 :]))
            aligned = getattr(found, name)[row, : len(expected)]
            torch.testing.assert_close(aligned, expected, atol=1e-5, rtol=0)


def test_a_student_learns_its_teachers_answers(folders: tuple[Path, Path]) -> None:
    student = Start.open(folders[0])
    teacher, given = Teacher(folders[1], student), inputs(student)
    objective = taught(1.0, teacher)
    wrong = torch.zeros(2, dtype=torch.long)
    target = Target(wrong, wrong, given["attention_mask"])
    steps = torch.optim.Adam(student.model.parameters(), 1e-2)
    losses = []
    for _ in range(60):
        loss = objective(student.model, None, given, target)
        loss.backward()
        steps.step()
        steps.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] / 4


def test_a_teacher_of_other_pieces_is_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    shutil.copytree(folders[1], tmp_path / "other")
    file = tmp_path / "other" / "vocab.txt"
    pieces = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*pieces[:-5], "zzz1", "zzz2", "zzz3", "zzz4", "<mask>"]), encoding="utf-8")
    with pytest.raises(InputError, match="lacks 4 of the student's tokens"):
        Teacher(tmp_path / "other", Start.open(folders[0]))
