from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tritonqa.arrays import FloatArray
from tritonqa.library.store.sqlite.codes import Codes
from tritonqa.library.store.sqlite.dense import Dense, coded, merge

WIDTH = 24


def unit(draw: np.random.Generator, size: int, alike: float) -> FloatArray:
    """Draw unit vectors as a library keeps them: the smaller alike, the nearer each other."""
    made = draw.normal(size=WIDTH) + alike * draw.standard_t(2, size=(size, WIDTH))
    made = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float16)
    return np.asarray(made, np.float32)


def cosines(vectors: FloatArray, vector: FloatArray) -> FloatArray:
    return np.asarray((vectors.astype(np.float64) * vector).sum(axis=1), np.float32)


@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(1, 400),
    alike=st.sampled_from([0.0, 1e-3, 0.05, 1.0, 100.0]),
    limit=st.integers(1, 30),
    parts=st.integers(1, 3),
)
def test_the_nearest_are_those_of_all_cosines(
    seed: int, size: int, alike: float, limit: int, parts: int
) -> None:
    draw = np.random.default_rng(seed)
    vectors, vector = unit(draw, size, alike), unit(draw, 1, alike)[0]
    ids = np.sort(draw.choice(10 * size, size, replace=False))
    scope = draw.random(size) < 0.7
    there = draw.random(size) < 0.9
    segments = [
        coded(ids[part], vectors[part]) for part in np.array_split(np.flatnonzero(there), parts) if len(part)
    ]
    also = np.sort(draw.choice(size, min(size, 5), replace=False))
    dense = Dense(segments, ids)
    places, found = dense.nearest(vector, limit, scope)

    exact = np.where(there, cosines(vectors, vector), -2)
    np.testing.assert_array_equal(dense.cosines(also, vector), exact[also])
    seen = np.where(scope, exact, -2)
    best = np.sort(np.argsort(-seen, kind="stable")[: min(limit, int((scope & there).sum()))])
    np.testing.assert_array_equal(places, best)
    np.testing.assert_array_equal(found, exact[best])


@given(seed=st.integers(0, 2**32 - 1), spread=st.floats(1e-6, 1e3))
def test_no_product_is_further_off_than_is_said(seed: int, spread: float) -> None:
    draw = np.random.default_rng(seed)
    vectors, vector = unit(draw, 50, spread), unit(draw, 1, spread)[0]
    products, off = Codes.of(vectors).products(vector)
    assert np.abs(products - cosines(vectors, vector)).max() <= off < 0.1


def test_vectors_of_nothing_and_none_at_all() -> None:
    vectors = np.zeros((2, WIDTH), np.float32)
    places, found = Dense([coded(np.arange(2), vectors)], np.arange(3)).nearest(np.ones(WIDTH, np.float32), 5)
    assert places.tolist() == [0, 1] and found.tolist() == [0, 0]
    places, found = Dense([], np.arange(3)).nearest(np.ones(WIDTH, np.float32), 5)
    assert not len(places) and not len(found)


@pytest.mark.parametrize("older", [True, False])
def test_segments_are_merged_with_their_codes(older: bool) -> None:
    vectors = unit(np.random.default_rng(0), 9, 1.0)
    one, other = coded(np.arange(0, 10, 2), vectors[:5]), coded(np.arange(1, 9, 2), vectors[5:])
    if older:  # as it was kept without codes, in float32
        one = {"ids": one["ids"], "vectors": vectors[:5]}
    merged = merge([one, other], np.arange(8))
    assert merged["ids"].tolist() == list(range(8))
    assert merged["vectors"].dtype == np.float16 and merged["codes"].shape == (8, WIDTH)
    for vector in vectors:
        apart = Dense([one, other], np.arange(8)).nearest(vector, 3)
        together = Dense([merged], np.arange(8)).nearest(vector, 3)
        assert [each.tolist() for each in apart] == [each.tolist() for each in together]
