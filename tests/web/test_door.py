"""What every request goes through: names, origins, the token, headers, limits, the log."""

from __future__ import annotations

import json
import logging
import socket

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import ADDRESS, ASK, BEARER
from tritonqa import Reader
from tritonqa.errors import InputError, Overloaded
from tritonqa.web import Limits, WebOptions, create_app
from tritonqa.web.door.token import COOKIE
from tritonqa.web.serve import address, listening
from tritonqa.web.workers import Line


@pytest.fixture
def locked(toy: Reader) -> TestClient:
    options = WebOptions(token="secret", limits=Limits(attempts=3))
    return TestClient(create_app(toy, options=options), ADDRESS, follow_redirects=False)


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/api/openapi.json", "/static/page.js", "/nowhere", "/api/ask"]
)
def test_every_response_is_locked_up(text_client: TestClient, path: str) -> None:
    headers = text_client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(text_client: TestClient) -> None:
    page = text_client.get("/").text
    assert "style=" not in page and "<style" not in page and "http:" not in page and "https:" not in page
    assert page.count("<script") == page.count('<script type="module" src="/static/')
    assert " autofocus" in page and "document.write" not in page
    script = text_client.get("/static/page.js").text
    assert "innerHTML" not in script and "eval(" not in script and "http" not in script


def test_the_page_is_light(text_client: TestClient) -> None:
    weight = sum(len(text_client.get(path).content) for path in ("/", "/static/page.js", "/static/page.css"))
    assert weight <= 60_000


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.", "[", "10.0.0.1"]
)
def test_another_name_is_refused(text_client: TestClient, host: str) -> None:
    refused = text_client.get("/", headers={"Host": host})
    assert refused.status_code == 403 and refused.json()["field"] == "Host"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080"])
def test_names_of_this_machine_are_served(text_client: TestClient, host: str) -> None:
    assert text_client.get("/", headers={"Host": host}).status_code == 200


def test_names_that_it_was_given_are_served_behind_a_proxy_too(toy: Reader) -> None:
    options = WebOptions("0.0.0.0", token="secret", names=("QA.example",))
    client = TestClient(create_app(toy, options=options), "https://qa.example", headers=BEARER)
    asked = client.post("/api/ask", json=ASK, headers={"Origin": "https://qa.example"})
    assert asked.status_code == 200
    assert client.get("/", headers={"Host": "other.example"}).status_code == 403
    with pytest.raises(InputError, match="name 'https://qa.example' is no host"):
        WebOptions(names=("https://qa.example",))


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:8081", "http://["])
def test_another_sites_page_is_refused(text_client: TestClient, origin: str) -> None:
    refused = text_client.post("/api/ask", json=ASK, headers={"Origin": origin})
    assert refused.status_code == 403 and refused.json()["field"] == "Origin"


def test_the_own_page_is_served(text_client: TestClient) -> None:
    headers = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
    assert text_client.post("/api/ask", json=ASK, headers=headers).status_code == 200


def test_what_a_browser_says_is_cross_site_is_refused_but_for_links(text_client: TestClient) -> None:
    cross = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert text_client.get("/api/openapi.json", headers=cross).status_code == 403
    assert text_client.get("/", headers={**cross, "Sec-Fetch-Mode": "navigate"}).status_code == 200


@pytest.mark.parametrize("path", ["/api/documents", "/metrics", "/api/openapi.json", "/"])
def test_without_the_token_nothing_is_told(locked: TestClient, path: str) -> None:
    refused = locked.get(path)
    assert refused.status_code == 401 and refused.json()["field"] == "token"
    assert refused.headers["www-authenticate"] == "Bearer"
    assert locked.get(path, headers=BEARER).status_code != 401


def test_health_needs_no_token(locked: TestClient) -> None:
    assert locked.get("/healthz").text == "ok\n"


def test_a_browser_signs_in_and_keeps_no_token(locked: TestClient) -> None:
    page = locked.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 401 and 'action="/session"' in page.text
    answered = locked.post("/session", data={"token": "secret"}, headers={"Origin": ADDRESS})
    cookie = answered.headers["set-cookie"]
    assert answered.status_code == 303 and "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert "secret" not in cookie and COOKIE in cookie
    assert locked.get("/").status_code == 200


def test_two_pages_of_one_host_keep_a_cookie_each(toy: Reader) -> None:
    names = set()
    for port in (8080, 8081):
        with TestClient(
            create_app(toy, options=WebOptions(token="secret")), f"http://127.0.0.1:{port}"
        ) as page:
            answered = page.post("/session", data={"token": "secret"}, follow_redirects=False)
            names.add(answered.headers["set-cookie"].partition("=")[0])
            assert page.get("/").status_code == 200
    assert len(names) == 2


def test_who_has_no_token_sends_no_large_form(locked: TestClient) -> None:
    refused = locked.post("/session", data={"token": "x" * 20_000})
    assert refused.status_code == 413


def test_the_token_leaves_the_address_bar(locked: TestClient) -> None:
    answered = locked.get("/source?token=secret&document=x")
    assert answered.status_code == 303 and answered.headers["location"] == "/source?document=x"


def test_an_address_of_two_strokes_leads_nowhere_else(locked: TestClient) -> None:
    answered = locked.get(f"{ADDRESS}//other.example/?token=secret")
    assert answered.status_code == 303 and answered.headers["location"] == "/other.example/"


def test_guessing_is_held_off(locked: TestClient) -> None:
    for _ in range(3):
        assert locked.get("/", headers={"Authorization": "Bearer guess"}).status_code == 401
    held = locked.get("/", headers={"Authorization": "Bearer guess"})
    assert held.status_code == 429 and 0 < int(held.headers["retry-after"]) <= 61


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_others_reach_it_with_a_token_alone(host: str) -> None:
    with pytest.raises(InputError, match="--token"):
        WebOptions(host=host)
    assert WebOptions(host=host, token="secret").host == host


@pytest.mark.parametrize("token", ["", "with space", "ключ"])
def test_a_token_that_no_header_carries_is_refused(token: str) -> None:
    with pytest.raises(InputError, match="token"):
        WebOptions(token=token)


def test_a_server_for_others_goes_by_its_addresses(toy: Reader) -> None:
    options = WebOptions(host="0.0.0.0", token="secret")
    client = TestClient(create_app(toy, options=options), "http://192.0.2.1", headers=BEARER)
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 403


def test_the_log_has_no_contents(text_client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tritonqa.web.audit"):
        text_client.post("/api/ask?hidden=swordfish", json={**ASK, "question": "swordfish?"})
    (line,) = caplog.messages
    assert "swordfish" not in line and "Ada" not in line
    assert json.loads(line).items() >= {"method": "POST", "route": "/api/ask", "status": 200}.items()


def test_requests_are_counted(text_client: TestClient) -> None:
    text_client.post("/api/ask", json=ASK)
    text_client.get("/nowhere/at/all")
    text = text_client.get("/metrics").text
    assert 'tritonqa_web_requests_total{method="POST",route="/api/ask",status="200"} 1.0' in text
    assert "nowhere" not in text


def test_a_full_line_sends_away(toy: Reader) -> None:
    app = create_app(toy, options=WebOptions(limits=Limits(running=1, waiting=1)))
    line: Line = app.state.service.line
    with TestClient(app, ADDRESS) as client, line.place(), line.place():
        refused = client.post("/api/ask", json=ASK)
        assert refused.status_code == 503 and int(refused.headers["retry-after"]) > 0
    with pytest.raises(Overloaded), Line(1).place(), (full := Line(1)).place(), full.place():
        pass


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/api/ask", 405)])
def test_a_wrong_address_is_told_in_json(
    text_client: TestClient, method: str, path: str, status: int
) -> None:
    refused = text_client.request(method, path)
    assert refused.status_code == status and refused.json()["error"]


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InputError, match="--port"):
        listening("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "http://127.0.0.1:1/"), ("::1", "http://[::1]:1/"), ("0.0.0.0", "http://127.0.0.1:1/")],
)
def test_the_address_can_be_opened(host: str, shown: str) -> None:
    assert address(host, 1) == shown


def test_pages_of_sites_that_are_named_may_ask(toy: Reader) -> None:
    site = "https://app.example"
    headers = {"Origin": site, "Sec-Fetch-Site": "cross-site"}
    asks = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    with TestClient(create_app(toy, options=WebOptions(cors=(site,), token="secret")), ADDRESS) as client:
        allowed = client.options("/api/ask", headers=headers | asks)
        assert allowed.status_code == 200 and allowed.headers["access-control-allow-origin"] == site
        refused = client.post("/api/ask", json=ASK, headers=headers)
        assert refused.status_code == 401
        answered = client.post("/api/ask", json=ASK, headers=headers | {"Authorization": "Bearer secret"})
        assert answered.status_code == 200 and answered.headers["access-control-allow-origin"] == site
        other = {"Origin": "https://other.example", "Authorization": "Bearer secret"}
        assert client.post("/api/ask", json=ASK, headers=other).status_code == 403
        assert "access-control-allow-origin" not in client.options("/api/ask", headers=other | asks).headers


@pytest.mark.parametrize("origin", ["*", "app.example", "https://app.example/", "null"])
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(InputError, match="is no origin; write it as browsers send it"):
        WebOptions(cors=(origin,))
