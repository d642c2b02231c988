"""`http` against real servers that answer as no server should: each is bounded, and said by name."""

import time
from pathlib import Path

import pytest

from driftaudit.config.settings import ProbeSettings
from driftaudit.probes.base import Answer
from driftaudit.probes.hosts import LocalHost
from driftaudit.probes.http import MOST_REDIRECTS, ask_http
from tests.support.sshd import free_port
from tests.support.web import (
    Behaviour,
    answering,
    certificate,
    dripping,
    endless,
    endless_continue,
    endless_headers,
    redirecting,
    saying,
    served,
    silent,
)

SOON = 0.5  # seconds


def ask(url: str, **options: object) -> Answer:
    asked = ProbeSettings("http", url, **{"within": 5.0, **options})  # type: ignore[arg-type]
    return ask_http(asked, LocalHost())


def answer_to(behave: Behaviour, **options: object) -> Answer:
    with served(behave) as web:
        return ask(web.url(), **options)


def test_a_server_that_answers_as_it_should() -> None:
    answer = answer_to(answering("all is well"), body="is w.ll", status=(200, 204))
    assert answer.ok
    assert answer.detail.startswith("status 200 within ")
    assert answer.detail.endswith("and 'is w.ll' in its body")


@pytest.mark.parametrize(
    ("behave", "options", "said"),
    [
        (answering("", "500 Oops"), {}, "status 500, where one from 200 to 299 is well"),
        (answering(""), {"status": (204, 304)}, "status 200, where 204, 304 is well"),
        (answering("down"), {"body": "up"}, ", but nothing like 'up' in its body"),
        (endless, {}, "status 200, and a body without end: more than 1 MiB"),
        (endless_headers, {}, "its answer is no HTTP that can be read: HTTPException"),
        (saying("hello"), {}, "it does not speak HTTP: it said 'hello'"),
        (saying("<html>old</html>\r\n"), {}, "it does not speak HTTP: it said '<html>old</html>'"),
        (saying(b"\x1b[31m\xff\r\n"), {}, "it does not speak HTTP: it said '\\x1b[31m\\xff'"),
        (saying(""), {}, "it ended the connection without an answer"),
        (saying("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), {}, "can be read: IncompleteRead"),
        (
            saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            {},
            "its answer is no HTTP that can be read: ",
        ),
        (redirecting("https://x:y@elsewhere.example/a"), {}, "which is not asked: 'elsewhere.example'"),
        (redirecting("//[bad"), {}, "it redirects to what is no URL"),
        (silent, {"within": SOON}, "no whole answer within 0.5 seconds"),
        (dripping, {"within": SOON}, "no whole answer within 0.5 seconds"),
        (endless_continue, {"within": SOON}, "no whole answer within 0.5 seconds"),
    ],
)
def test_what_is_not_well_is_said_by_name(behave: Behaviour, options: dict[str, object], said: str) -> None:
    started = time.monotonic()
    answer = answer_to(behave, **options)
    assert time.monotonic() - started < 4
    assert (answer.ok, answer.is_known) == (False, True)
    assert said in answer.detail
    assert answer.detail.isprintable()


def test_a_long_body_that_says_its_length_is_well() -> None:
    assert answer_to(answering("x" * (3 << 20))).ok
    assert not answer_to(answering("x" * (3 << 20) + "y"), body="y").ok


def test_a_redirect_on_the_same_server_is_followed() -> None:
    def behave(stream, over):  # type: ignore[no-untyped-def]
        (answering("there") if web.requests[-1] == "GET /b?x=1 HTTP/1.1" else redirecting("/b?x=1"))(
            stream, over
        )

    with served(behave) as web:
        assert ask(web.url("/a"), body="there").ok
        assert ask(web.url("/a"), status=(302,)).ok  # where one is expected none is followed
    assert len(web.requests) == 3


def test_a_loop_of_redirects_ends() -> None:
    with served(redirecting("/again")) as web:
        answer = ask(web.url())
    assert (answer.ok, len(web.requests)) == (False, MOST_REDIRECTS + 1)
    assert "it redirects more than 5 times" in answer.detail


def test_nothing_listens() -> None:
    answer = ask(f"http://127.0.0.1:{free_port()}/")
    assert (answer.ok, answer.is_known) == (False, True)
    assert answer.detail == "nothing takes a connection there: Connection refused"


def test_tls_with_a_certificate_that_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(good.path))
    with served(answering("x" * 100_000 + "end"), good.context) as web:
        answer = ask(web.url(scheme="https"), body="end")
    assert answer.ok, answer.detail


def test_tls_by_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = certificate(tmp_path, "api.example.net")
    monkeypatch.setenv("SSL_CERT_FILE", str(named.path))
    with served(answering("ok"), named.context) as web:
        assert ask(web.url(scheme="https"), host="api.example.net").ok
        answer = ask(web.url(scheme="https"))
    assert "its certificate does not hold: " in answer.detail
    assert "127.0.0.1" in answer.detail


def test_tls_with_a_bad_certificate_and_without_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with served(answering("ok"), certificate(tmp_path, "127.0.0.1").context) as web:
        answer = ask(web.url(scheme="https"))
    assert (answer.ok, answer.detail) == (False, "its certificate does not hold: self-signed certificate")
    with served(answering("ok")) as web:
        answer = ask(web.url(scheme="https"), within=SOON)
    assert (answer.ok, answer.is_known) == (False, True)
