"""Characters that a tokenizer drops before a text's first word are counted all the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from tests.support import checkpoints
from tritonqa.export.checkpoint import open_checkpoint
from tritonqa.export.tokenizer import load_tokenizer
from tritonqa.features import TextTokenizer
from tritonqa.features.pieces import LONG

pytest.importorskip("sentencepiece", reason="needs tritonqa[export]")

TEXT = "The bridge in Amsterdam was built in 1613."
CONTROLS = [chr(code) for code in (*range(1, 32), 127, *range(128, 160))]


@pytest.fixture(scope="module", params=["xlm-roberta", "albert", "deberta-v2", "bert"])
def plain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    folder = checkpoints.make(request.param, tmp_path_factory.mktemp("tokenizers") / "checkpoint")
    tokenizer: Tokenizer = load_tokenizer(open_checkpoint(folder)).backend_tokenizer
    return tokenizer


@settings(max_examples=40)
@given(st.text(st.sampled_from([*CONTROLS, " ", "\u2028", "x"]), max_size=4), st.booleans())
def test_a_text_that_begins_with_controls_has_its_places(plain: Tokenizer, lead: str, long: bool) -> None:
    tokenizer = TextTokenizer(Tokenizer.from_str(plain.to_str()))
    text = TEXT * (LONG // len(TEXT) + 2 if long else 1)
    (found,), (wanted,) = tokenizer.tokenise_all([lead + "; " + text]), tokenizer.tokenise_all(["; " + text])
    count = len(text.split()) // 2  # tokens from the end: what stands before them is another matter
    np.testing.assert_array_equal(found.ids[-count:], wanted.ids[-count:])
    np.testing.assert_array_equal(found.starts[-count:] - len(lead), wanted.starts[-count:])
    np.testing.assert_array_equal(found.ends[-count:] - len(lead), wanted.ends[-count:])
