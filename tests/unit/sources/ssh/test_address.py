import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftaudit.errors import UsageError
from driftaudit.sources.ssh.address import SSHAddress, looks_like_ssh


@pytest.mark.parametrize(
    ("text", "expected", "url"),
    [
        (
            "ssh://bob@web:2222/srv/app",
            SSHAddress("web", 2222, "bob", "/srv/app"),
            "ssh://bob@web:2222/srv/app",
        ),
        ("ssh://web/srv/app", SSHAddress("web", None, None, "/srv/app"), "ssh://web/srv/app"),
        ("ssh://web/~/app", SSHAddress("web", None, None, "~/app"), "ssh://web/~/app"),
        ("ssh://web/", SSHAddress("web", None, None, "/"), "ssh://web/"),
        ("ssh://[::1]:22/srv", SSHAddress("::1", 22, None, "/srv"), "ssh://[::1]:22/srv"),
        (
            "ssh://[fe80::1%25eth0]/srv",
            SSHAddress("fe80::1%eth0", None, None, "/srv"),
            "ssh://[fe80::1%25eth0]/srv",
        ),
        ("ssh://web/a%20b", SSHAddress("web", None, None, "/a b"), "ssh://web/a%20b"),
        ("bob@web:/srv/app", SSHAddress("web", None, "bob", "/srv/app"), "ssh://bob@web/srv/app"),
        ("web:/srv/app", SSHAddress("web", None, None, "/srv/app"), "ssh://web/srv/app"),
        ("web:~/app", SSHAddress("web", None, None, "~/app"), "ssh://web/~/app"),
        ("web:app", SSHAddress("web", None, None, "app"), "ssh://web/~/app"),
        ("web:a:b", SSHAddress("web", None, None, "a:b"), "ssh://web/~/a:b"),
        ("bob@[::1]:/srv", SSHAddress("::1", None, "bob", "/srv"), "ssh://bob@[::1]/srv"),
        ("a@corp.net@web:/srv", SSHAddress("web", None, "a@corp.net", "/srv"), "ssh://a%40corp.net@web/srv"),
    ],
)
def test_addresses(text: str, expected: SSHAddress, url: str) -> None:
    assert looks_like_ssh(text)
    assert SSHAddress.parse(text) == expected
    assert SSHAddress.parse(text).url == url
    assert SSHAddress.parse(url).url == url


@pytest.mark.parametrize(
    "text",
    [
        "ssh://",
        "ssh:///srv",
        "ssh://web",
        "web:",
        "ssh://-oProxyCommand=touch%20x/srv",
        "-oProxyCommand=x:/srv",
        "ssh://-l@web/srv",
        "ssh://@web/srv",
        "@web:/srv",
        "ssh://web:0/srv",
        "ssh://web:65536/srv",
        "ssh://web:22x/srv",
        "ssh://web:/srv",
        "ssh://we b/srv",
        "ssh://we%20b/srv",
        "ssh://we\nb/srv",
        "ssh://web/s\0rv",
        "ssh://web/s%0arv",
        "ssh://$(id)@web/srv",
        "ssh://web;id/srv",
        "ssh://[::1/srv",
        "ssh://[a:b]/srv",
        "web:2222/srv",
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        SSHAddress.parse(text)
    assert caught.value.advice
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    "text", ["ssh://bob:s3cret@web/srv", "bob:s3cret@web:/srv", "ssh://bob:s3%20cret@web/srv"]
)
def test_a_password_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        SSHAddress.parse(text)
    assert "password" in caught.value.message
    assert "ssh-add" in caught.value.advice
    assert "s3" not in caught.value.message + caught.value.advice


def test_a_port_in_the_short_form_is_explained() -> None:
    with pytest.raises(UsageError) as caught:
        SSHAddress.parse("bob@web:2222/srv/app")
    assert "ssh://bob@web:2222/srv/app" in caught.value.advice


@pytest.mark.parametrize(
    "text",
    [
        "/srv/app",
        "./web:/srv",
        "../a:b",
        "srv/a:b",
        "git:HEAD",
        "worktree:",
        "file:///srv",
        "http://web/x",
        "app",
    ],
)
def test_what_is_not_ssh(text: str) -> None:
    assert not looks_like_ssh(text)


@given(
    st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True),
    st.none() | st.integers(1, 65535),
    st.none() | st.from_regex(r"[a-z_][a-z0-9_.@-]{0,10}", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cc", "Cs"])).map(lambda text: f"/{text}"),
)
def test_an_url_is_parsed_to_the_same_address(
    host: str, port: int | None, user: str | None, root: str
) -> None:
    address = SSHAddress(host, port, user, root if not root.startswith("/~") else "/x")
    assert SSHAddress.parse(address.url) == address
