from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.support.documents import put
from tritonqa.arrays import FloatArray
from tritonqa.library.encoder import Encoder
from tritonqa.library.retrieve import retrieve
from tritonqa.library.retrieve.weights import Weights
from tritonqa.library.store import EVERYTHING
from tritonqa.library.store.sqlite import SqliteStore

QUESTION = "Who built the stone bridge?"
APART = "The bridge has a mill beside it. Its old miller built it himself, all of it of local stone."
NEAR = "A mill stands there, and an old miller. Masons of the local guild built the stone bridge for him."


def test_what_has_the_words_beside_each_other_comes_first(tmp_path: Path) -> None:
    store = SqliteStore.create(tmp_path / "library")
    with store.write() as writer:
        put(writer, tmp_path / "near.txt", NEAR + " Nothing else is known of its long history.", "near")
        put(writer, tmp_path / "apart.txt", APART, "apart")
        for i in range(30):
            put(writer, tmp_path / f"{i}.txt", f"Bridge number {i}.", str(i))

    def names(weights: Weights, limit: int = 50) -> list[str]:
        found = retrieve(view, QUESTION, None, limit, weights)
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
        assert all(0 <= one.near <= 1 for one in found) and len({one.id for one in found}) == len(found)
        return [one.files[0].path.stem for one in view.passages([one.id for one in found])]

    with store.read(EVERYTHING) as view:
        assert names(Weights(near=0.0))[:2] == ["apart", "near"]
        both = names(Weights())
        assert both[:2] == ["near", "apart"] and len(both) == 32
        assert names(Weights(), 1) == ["near"]
    store.close()


class Untouched(Encoder):
    """Reads everything, and is not to be asked."""

    name, width = "untouched", 3

    def encode(self, texts: Sequence[str]) -> FloatArray:
        raise AssertionError(texts)

    def reads(self, text: str) -> bool:
        return True


def test_a_question_is_not_embedded_where_no_passage_is(tmp_path: Path) -> None:
    store = SqliteStore.create(tmp_path / "library")
    with store.write() as writer:
        put(writer, tmp_path / "near.txt", NEAR, "near")
    with store.read(EVERYTHING) as view:
        (found,) = retrieve(view, QUESTION, Untouched(), 5)
    assert found.dense is None
    store.close()
