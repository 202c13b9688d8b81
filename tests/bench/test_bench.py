from __future__ import annotations

import threading
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from tritonqa.bench import BenchOptions, Load, Result, Target, Workload, bench, squad_sample
from tritonqa.bench.report import html
from tritonqa.errors import InputError

TOY = Target(engine="toy")
FIELDS = {"reader", "clients", "rate", "asks", "asks_per_second", "p50_ms", "p90_ms", "p99_ms"}
QUICK = BenchOptions(seconds=2.0, warmup=0.1, rounds=2)


@pytest.fixture(scope="module")
def result() -> Result:
    return bench([TOY], squad_sample(), [Load(clients=1), Load(clients=3), Load(rate=30.0)], QUICK)


def test_a_run_says_what_was_measured(result: Result) -> None:
    runs = result.to_dict()["runs"]
    assert [(run["clients"], run["rate"]) for run in runs] == [(1, None), (3, None), (None, 30.0)]
    for run in runs:
        assert run.keys() >= FIELDS | {"cpu_ms_per_ask", "errors", "machine"}
        assert run["asks"] > 0 and run["errors"] == 0 and run["differing"] == 0
        assert 0 < run["p50_ms"] <= run["p90_ms"] <= run["p99_ms"]
        low, high = run["intervals"]["asks_per_second"]
        assert low <= run["asks_per_second"] <= high
        assert run["cpu_ms_per_ask"] > 0 and run["engine"] == "toy/fp32"
    assert runs[2]["asks"] == 60


def test_answers_that_differ_are_counted_and_the_run_is_marked() -> None:
    targets = [Target(engine="openvino"), TOY]
    few = Workload("eight", squad_sample().asks[:8])
    first, toy = bench(targets, few, [Load(clients=2)], BenchOptions(2.0, 0, 1)).runs
    assert first.differing == 0 and toy.differing > 0.5 * toy.compared > 0
    assert any(f"{toy.differing} of {toy.compared} answers differ" in note for note in toy.notes)


def test_a_stop_reports_what_was_measured_so_far(workload: Workload) -> None:
    stop = threading.Event()

    def step(passed: float, total: float | None) -> None:
        assert total == 2 * 60.1
        if passed > 0.5:
            stop.set()

    how = BenchOptions(seconds=60, warmup=0.1, rounds=1)
    found = bench([TOY], workload, [Load(clients=1), Load(clients=2)], how, stop=stop, step=step)
    assert found.interrupted and len(found.runs) == 1
    assert found.runs[0].asks > 0 and found.runs[0].seconds < 30


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"seconds": 0}, "seconds must be above 0"),
        ({"rounds": 0}, "rounds must be at least 1"),
        ({"warmup": -1}, "warmup must be seconds of at least 0"),
    ],
)
def test_options_out_of_range(given: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        BenchOptions(**given)  # type: ignore[arg-type]


def test_targets_that_are_none() -> None:
    with pytest.raises(InputError, match="grpc://x:1 runs its own"):
        Target("grpc://x:1", engine="toy")
    with pytest.raises(InputError, match="over 'smoke' is unknown"):
        Target(over="smoke")


class Page(HTMLParser):
    """What a page holds, and whatever it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]


def test_the_report_stands_alone_and_says_what_its_figures_show(result: Result) -> None:
    text = html(result)
    page = Page(text)
    assert page.loads == [] and "url(" not in text and "@import" not in text
    assert page.tags.count("svg") == page.tags.count("figcaption") == 3
    for part in text.split("<svg")[1:]:
        drawing = ElementTree.fromstring("<svg" + part.partition("</svg>")[0] + "</svg>")
        assert drawing.get("aria-label") and drawing.find("title") is not None
        assert not [node for node in drawing.iter() if node.get("style") or node.get("fill")]
    assert "answers most" in text and "prefers-color-scheme: dark" in text
    for run in result.runs:
        assert run.load in text


def test_names_in_a_report_are_text() -> None:
    empty = Result("<b>asks</b>", {"cpu": "&", "cores": 1, "kind": "x", "versions": {}}, "today")
    assert "<b>" not in html(empty) and "&lt;b&gt;asks" in html(empty)
