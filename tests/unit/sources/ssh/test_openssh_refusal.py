"""What ssh says, as it was recorded, and what we make of it."""

from dataclasses import replace

import pytest

from driftaudit.sources.ssh.openssh_refusal import Attempt, is_about_the_host_key, refusal

ATTEMPT = Attempt("web", "deploy", 2222, has_proxy_command=False, seconds=15)
CHANGED = "@@@@\r\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key verification failed.\r\n"


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (
            "ssh: Could not resolve hostname web.invalid: Name or service not known\r\n",
            "The host name web.invalid cannot be resolved",
        ),
        (
            "ssh: connect to host 192.0.2.1 port 22: Connection timed out\r\n",
            "192.0.2.1 port 22 did not answer within 15 seconds",
        ),
        (
            "ssh: connect to host 192.0.2.1 port 22: Operation timed out\r\n",  # macOS
            "192.0.2.1 port 22 did not answer within 15 seconds",
        ),
        (
            "ssh: connect to host 192.0.2.1 port 22: No route to host\r\n",
            "192.0.2.1 port 22 cannot be reached: No route to host",
        ),
        (
            "ssh: connect to host ::1 port 22: Connection refused\r\n",
            "::1 port 22 refuses the connection",
        ),
        (
            'Load key "/home/me/.ssh/id": bad permissions\r\nme@x: Permission denied (key,x).\r\n',
            (
                "web:2222 does not let deploy in: ssh was refused as me@x (the host asks for key, "
                'x); Load key "/home/me/.ssh/id": bad permissions'
            ),
        ),
        (
            (
                "channel 0: open failed: administratively prohibited: open failed\r\n"
                "stdio forwarding failed\r\n"
                "kex_exchange_identification: Connection closed by remote host\r\n"
            ),
            "web:2222 cannot be reached through its ProxyJump: administratively prohibited: open failed",
        ),
        (
            "Unable to negotiate with 192.0.2.1 port 22: no matching cipher found. Their offer: x\r\n",
            (
                "web:2222 and this machine came to no encrypted connection: "
                "Unable to negotiate with 192.0.2.1 port 22: no matching cipher found. Their offer: x"
            ),
        ),
        (
            "something new\r\nConnection closed by UNKNOWN port 65535\r\n",
            "web:2222 takes the connection, but says nothing that an SSH server would",
        ),
        ("something new\r\n", "ssh makes no connection to web:2222: something new"),
        ("", "ssh makes no connection to web:2222: it says nothing"),
    ],
)
def test_it_is_said_in_our_words(told: str, message: str) -> None:
    error = refusal(told, ATTEMPT)
    assert error.message == message
    assert error.advice


@pytest.mark.parametrize(
    "own",
    [
        "Connection closed by UNKNOWN port 65535\r\n",
        "kex_exchange_identification: Connection closed by remote host\r\n",
        "banner exchange: Connection to UNKNOWN port 65535: Broken pipe\r\n",  # not greeted yet
    ],
)
def test_what_the_proxy_command_says_counts_more_than_what_ssh_does(own: str) -> None:
    attempt = replace(ATTEMPT, has_proxy_command=True)
    for told in (f"no way\n{own}", f"{own}no way\n"):
        assert refusal(told, attempt).message == "The ProxyCommand of web:2222 gives no connection: no way"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("No ED25519 host key is known for web.\r\nHost key verification failed.\r\n", True),
        (CHANGED, True),
        ("ED25519 host key for web was revoked and you have requested strict checking.\r\n", True),
        ("me@web: Permission denied (publickey).\r\n", False),
    ],
)
def test_what_is_about_the_host_key(told: str, expected: bool) -> None:
    assert is_about_the_host_key(told) is expected
