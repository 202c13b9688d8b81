"""The page: its weight and first paint, what HTTP adds to an ask, many askers at once, malformed requests.

    python benchmarks/web.py LIBRARY [--malformed 10000] [--askers 64] [--rounds 40]

LIBRARY is one that library_open_domain.py or library_recall.py filled. What HTTP adds and malformed requests
are measured with the toy engine, whose asks take so little that it shows; many askers with the packaged
reader. Needs Chromium for the first paint.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import numpy as np
import uvicorn
from playwright.sync_api import sync_playwright
from record import record

from tritonqa import Library, Reader
from tritonqa.web import WebOptions, create_app
from tritonqa.web.serve import Server, address, listening

QUESTIONS = (
    "When did the Normans come to England?",
    "Who designed the palace?",
    "How many people live in Warsaw?",
    "What does a force change?",
    "Which river is the longest?",
)
JSON = {"Content-Type": "application/json"}
VALID = {
    "question": "Who wrote it?",
    "passages": ["Ada wrote it."],
    "options": {"top_k": 2},
    "min_score": 0.0,
}
PIECES = (
    b"\x00",
    b"\xff",
    b"[",
    b"{",
    b'"',
    b"\\ud800",
    b"null",
    b"NaN",
    b"1e999",
    b"-1",
    b"9" * 400,
    b":",
    b",",
)


@contextmanager
def served(reader: Reader, library: Library | None) -> Iterator[str]:
    """Serve the page on a free port."""
    app = create_app(reader, library, WebOptions())
    with listening("127.0.0.1", 0) as opened:
        server = Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=60), app)
        running = threading.Thread(target=server.run, args=([opened],))
        running.start()
        while not server.started:
            time.sleep(0.05)
        try:
            yield address("127.0.0.1", opened.getsockname()[1])
        finally:
            server.should_exit = True
            running.join()


def paint(base: str, rounds: int) -> dict[str, float]:
    """Return the milliseconds until something is seen, in fresh tabs."""
    found = []
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for _ in range(rounds):
            tab = browser.new_context().new_page()
            tab.goto(base)
            seen = "performance.getEntriesByName('first-contentful-paint').map(one => one.startTime)"
            while not (times := tab.evaluate(seen)):
                tab.wait_for_timeout(20)
            found.append(times[0])
            tab.context.close()
        browser.close()
    return {"median": round(statistics.median(found), 1), "min": round(min(found), 1)}


def weigh(client: httpx.Client) -> dict[str, int]:
    """Return the bytes of the page and all that it needs, before fonts and images."""
    return {path: len(client.get(path).content) for path in ("/", "/static/page.js", "/static/page.css")}


def added(client: httpx.Client, library: Library, rounds: int) -> dict[str, float]:
    """Return what HTTP adds to an ask, in milliseconds, of asks of both kinds in turns."""
    spent: dict[str, list[float]] = {"library": [], "http": []}
    for number in range(rounds + 3):
        question = QUESTIONS[number % len(QUESTIONS)]
        for name in spent:
            begun = time.perf_counter()
            if name == "http":
                client.post("/api/ask", json={"question": question, "no_answer_threshold": 1.0}).json()
            else:
                library.ask(question, no_answer_threshold=1.0)
            if number >= 3:
                spent[name].append(1000 * (time.perf_counter() - begun))
    medians = {name: round(statistics.median(times), 2) for name, times in spent.items()}
    return {**medians, "added": round(medians["http"] - medians["library"], 2)}


def crowd(base: str, askers: int) -> dict[str, Any]:
    """Let many ask at once, a question each, and see what came of it and when."""

    def ask(number: int) -> tuple[int, float, bool]:
        begun = time.perf_counter()
        body = {"question": QUESTIONS[number % len(QUESTIONS)]}
        answered = httpx.post(f"{base}api/ask", json=body, timeout=300)
        told = answered.status_code not in (429, 503) or "retry-after" in answered.headers
        return answered.status_code, time.perf_counter() - begun, told

    with ThreadPoolExecutor(askers) as pool:
        seen = list(pool.map(ask, range(askers)))
    seconds = [one[1] for one in seen]
    return {
        "statuses": dict(Counter(one[0] for one in seen)),
        "retry_after_always": all(one[2] for one in seen),
        "p50_s": round(float(np.percentile(seconds, 50)), 2),
        "p99_s": round(float(np.percentile(seconds, 99)), 2),
    }


def malformed(client: httpx.Client, count: int) -> dict[str, Any]:
    """Send bodies that were cut, doubled, shuffled and salted; then ask in earnest."""
    draw, statuses = random.Random(0), Counter[int]()
    whole = json.dumps(VALID).encode()
    for _ in range(count):
        body = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            at = draw.randrange(len(body) + 1)
            kind = draw.randrange(4)
            if kind == 0:
                del body[at : at + draw.randint(1, 12)]
            elif kind == 1:
                body[at:at] = draw.choice(PIECES)
            elif kind == 2:
                body[at:at] = body[draw.randrange(len(body) + 1) :]
            else:
                body[at : at + 1] = bytes([draw.randrange(256)])
        path = draw.choice(("/api/ask", "/api/verify"))
        statuses[client.post(path, content=bytes(body), headers=JSON).status_code] += 1
    right = client.post("/api/ask", json={**VALID, "no_answer_threshold": 1.0}).json()
    return {"statuses": dict(sorted(statuses.items())), "right_afterwards": bool(right["answers"])}


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("library", type=Path)
    parser.add_argument("--malformed", type=int, default=10_000)
    parser.add_argument("--askers", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    figures: dict[str, Any] = {}
    with Reader.load(engine="toy") as toy:
        with served(toy, None) as base, httpx.Client(base_url=base, timeout=300) as client:
            figures["first_contentful_paint_ms"] = paint(base, 7)
            figures["weight_bytes"] = weigh(client)
            figures["malformed"] = malformed(client, options.malformed)
        with Library(options.library, toy) as library, served(toy, library) as base:
            with httpx.Client(base_url=base, timeout=300) as client:
                figures["ask_ms"] = added(client, library, options.rounds)
    with Reader() as reader, Library(options.library, reader) as library, served(reader, library) as base:
        library.ask(QUESTIONS[0])
        figures["passages"] = library.status().passages
        figures[f"askers_{options.askers}"] = crowd(base, options.askers)
    record("web", figures)


if __name__ == "__main__":
    main()
