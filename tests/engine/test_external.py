"""What an ONNX file reads its weights from, found without the onnx library."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from tritonqa import Reader
from tritonqa.engine.external import external_data
from tritonqa.errors import BundleError
from tritonqa.reader.find import PACKAGED, find_bundle


def tensor(name: str, location: str | None) -> Any:
    found = numpy_helper.from_array(np.zeros(3, np.float32), name)
    if location is not None:
        found.data_location = TensorProto.EXTERNAL
        found.external_data.add(key="location", value=location)
        found.external_data.add(key="offset", value="0")
    return found


@settings(max_examples=60)
@given(st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=5))
def test_the_locations_of_all_tensors(
    tmp_path_factory: pytest.TempPathFactory, places: list[str | None]
) -> None:
    inner = helper.make_graph([], "inner", [], [], initializer=[tensor("i", p) for p in places[:1]])
    nodes = [helper.make_node("Constant", [], ["c"], value=tensor("c", p)) for p in places[1:2]]
    nodes.append(helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner))
    graph = helper.make_graph(
        nodes, "g", [], [], initializer=[tensor(str(i), p) for i, p in enumerate(places[2:])]
    )
    file = tmp_path_factory.mktemp("onnx") / "m.onnx"
    file.write_bytes(helper.make_model(graph).SerializeToString())
    assert external_data(file) == {place for place in places if place is not None}


@settings(max_examples=100)
@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.mktemp("onnx") / "m.onnx"
    file.write_bytes(data)
    try:
        external_data(file)
    except BundleError as error:
        assert "m.onnx" in str(error)


@pytest.mark.parametrize("place", ["../../../etc/passwd", "/etc/passwd", "other.data"])
def test_weights_that_the_bundle_does_not_list_are_refused(place: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(find_bundle(PACKAGED).folder, tmp_path / "bundle"))
    record = json.loads((folder / "bundle.json").read_text())
    file = folder / record["formats"][0]["file"]
    model = onnx.load(file)
    model.graph.initializer.append(tensor("evil", place))
    file.write_bytes(model.SerializeToString())
    record["formats"][0]["size"] = file.stat().st_size
    (folder / "bundle.json").write_text(json.dumps(record))
    with pytest.raises(BundleError, match="which bundle.json does not list; do not use"):
        Reader.load(str(folder))
