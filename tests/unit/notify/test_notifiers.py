"""The notifiers, against a real server."""

import time
from collections.abc import Iterator

import pytest

from driftaudit.config.reporting import NotifierSettings
from driftaudit.errors import DriftauditError
from driftaudit.notify.base import Notice, back_off
from driftaudit.notify.registry import notify_all
from driftaudit.notify.webhook import DELIVERY, SIGNATURE, TIMESTAMP, signature
from tests.support.receivers import Receiver, receiving

NOTICE = Notice("production: blocked", "2 findings new: a, b", "https://ci.example.net/1.html", {"run": 1})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def tell(settings: NotifierSettings) -> tuple[list[str], list[float]]:
    """Return what went wrong, and the pauses between tries."""
    pauses: list[float] = []
    faults = [error for _settings, error in notify_all([settings], NOTICE, pauses.append)]
    assert all(isinstance(error, DriftauditError) for error in faults)
    return [f"{error.message} {error.advice}" for error in faults], pauses


def webhook(receiver: Receiver, **fields: object) -> NotifierSettings:
    return NotifierSettings("webhook", receiver.url, **fields)  # type: ignore[arg-type]


def test_a_webhook_is_posted_and_signed(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    assert tell(webhook(receiver, secret="env:HOOK_SECRET")) == ([], [])
    (posted,) = receiver.posted
    assert posted.path == "/hook"
    assert posted.document == {"run": 1, "text": NOTICE.text, "link": NOTICE.link}
    signed = signature("s3cret", posted.headers[TIMESTAMP], posted.body)
    assert posted.headers[SIGNATURE] == signed
    assert signed != signature("another", posted.headers[TIMESTAMP], posted.body)
    assert posted.headers["Content-Type"] == "application/json"


def test_a_signature_is_what_openssl_makes_of_it() -> None:
    """By: printf '1762000000.{}' | openssl dgst -sha256 -hmac s3cret."""
    made = "245912fc332b1dbb1495ce414aa339913cc51586ea998bf9c49e84f70911ce47"
    assert signature("s3cret", "1762000000", b"{}") == f"sha256={made}"


@pytest.mark.parametrize("code", [500, 503, 429])
def test_one_that_is_busy_is_tried_again(receiver: Receiver, code: int) -> None:
    receiver.answers = [code, code]
    assert tell(webhook(receiver)) == ([], [1.0, 2.0])
    assert len({each.headers[DELIVERY] for each in receiver.posted}) == 1
    assert len(receiver.posted) == 3


def test_one_that_stays_ill_is_given_up_and_named_without_its_address(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", receiver.url + "/token-4711")
    receiver.answers = [500] * 9
    faults, pauses = tell(NotifierSettings("webhook", "env:HOOK", attempts=4))
    assert faults == ["webhook env:HOOK: it answers 500 (4 tries) The report is kept all the same."]
    assert (pauses, len(receiver.posted)) == ([1.0, 2.0, 4.0], 4)


@pytest.mark.parametrize("code", [400, 404, 410])
def test_one_that_refuses_is_not_asked_again(receiver: Receiver, code: int) -> None:
    receiver.answers = [code]
    faults, pauses = tell(webhook(receiver))
    assert faults[0].startswith(f"webhook to 127.0.0.1: it answers {code} ")
    assert (pauses, len(receiver.posted)) == ([], 1)


@pytest.mark.parametrize("answer", [0, -1])
def test_one_that_hangs_is_left_in_time(receiver: Receiver, answer: int) -> None:
    receiver.answers = [answer] * 2
    began = time.monotonic()
    faults, pauses = tell(webhook(receiver, timeout=0.2, attempts=2))
    assert faults == [
        "webhook to 127.0.0.1: it has not answered in 0.2 seconds (2 tries) The report is kept all the same."
    ]
    assert 0.4 <= time.monotonic() - began < 10
    assert pauses == [1.0]


def test_one_that_is_not_there(receiver: Receiver) -> None:
    with receiving() as gone:
        url = gone.url
    faults, _pauses = tell(NotifierSettings("webhook", url, attempts=1))
    assert faults[0].startswith("webhook to 127.0.0.1: it cannot be reached: Connection refused")


def test_a_redirect_to_another_server_is_not_followed(receiver: Receiver, other: Receiver) -> None:
    receiver.answers, receiver.location = [307], other.url
    faults, _pauses = tell(webhook(receiver))
    assert "answers 307, which leads elsewhere and is not followed" in faults[0]
    assert other.posted == []


def test_a_redirect_on_the_same_server_is_followed_with_what_was_posted(receiver: Receiver) -> None:
    receiver.answers, receiver.location = [308], "/elsewhere"
    assert tell(webhook(receiver)) == ([], [])
    first, second = receiver.posted
    assert (second.path, second.body) == ("/elsewhere", first.body)


def test_a_redirect_that_would_drop_what_was_posted_is_not_followed(receiver: Receiver) -> None:
    receiver.answers, receiver.location = [302], "/elsewhere"
    faults, _pauses = tell(webhook(receiver))
    assert "answers 302" in faults[0] and len(receiver.posted) == 1


def test_apprise_tells_by_its_own_addresses(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE", receiver.url.replace("http:", "json:"))
    assert tell(NotifierSettings("apprise", "env:SERVICE")) == ([], [])
    (posted,) = receiver.posted
    assert posted.document["title"] == NOTICE.title
    assert posted.document["message"] == f"{NOTICE.text}\n{NOTICE.link}"


def test_names_of_files_are_no_markup_to_a_service(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE", receiver.url.replace("http:", "json:") + "?format=html")
    notice = Notice("production", "1 finding new: <b>x</b>", "", {})
    assert list(notify_all([NotifierSettings("apprise", "env:SERVICE")], notice)) == []
    assert "&lt;b&gt;x" in receiver.posted[0].document["message"]


def test_a_service_that_fails_is_tried_again_and_named_without_its_address(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SERVICE", receiver.url.replace("http://", "json://user:s3cret@"))
    receiver.answers = [500] * 9
    faults, pauses = tell(NotifierSettings("apprise", "env:SERVICE", attempts=2))
    assert faults == [
        "apprise env:SERVICE: the service did not take it (2 tries) The report is kept all the same."
    ]
    assert pauses == [1.0]
    printed = capfd.readouterr()
    assert "s3cret" not in printed.out + printed.err


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("apprise", "nothing://that.is.known", "apprise env:SERVICE: apprise does not know such an address"),
        ("webhook", "file:///etc/passwd", "webhook env:SERVICE: that is no address"),
        ("webhook", "http://[", "webhook env:SERVICE: that is no address"),
        ("webhook", "", "webhook: the environment has no SERVICE"),
    ],
)
def test_what_is_no_address(kind: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE", value)
    faults, _pauses = tell(NotifierSettings(kind, "env:SERVICE"))  # type: ignore[arg-type]
    assert faults[0].startswith(told)


def test_one_that_fails_does_not_keep_the_next_from_being_told(receiver: Receiver) -> None:
    ill = NotifierSettings("webhook", "env:NOT_SET_AT_ALL")
    faults = list(notify_all([ill, webhook(receiver)], NOTICE))
    assert [settings for settings, _error in faults] == [ill]
    assert len(receiver.posted) == 1


def test_the_pauses_grow_and_have_an_end() -> None:
    assert [back_off(attempt) for attempt in (1, 2, 3, 9)] == [1.0, 2.0, 4.0, 30.0]
