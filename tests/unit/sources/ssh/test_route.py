import pytest

from driftaudit.errors import SourceError, UsageError
from driftaudit.sources.ssh.address import SSHAddress
from driftaudit.sources.ssh.host_config import HostConfig
from driftaudit.sources.ssh.route import Lookup, route


def lookup(**jumps: str) -> Lookup:
    def find(host: str, port: int | None, user: str | None) -> HostConfig:
        return HostConfig(f"{host}.net", port or 22, user or "me", proxy_jump=jumps.get(host))

    return find


def way(host: str, **jumps: str) -> list[tuple[str, int, str]]:
    hops = route(SSHAddress(host, None, None, "/"), lookup(**jumps))
    return [(hop.config.hostname, hop.config.port, hop.config.user) for hop in hops]


def test_a_host_is_reached_directly() -> None:
    assert way("web") == [("web.net", 22, "me")]


def test_one_jump_with_user_and_port() -> None:
    assert way("web", web="bob@gate:2222") == [("gate.net", 2222, "bob"), ("web.net", 22, "me")]
    assert way("web", web="ssh://bob@gate:2222") == [("gate.net", 2222, "bob"), ("web.net", 22, "me")]


def test_several_jumps_in_their_order() -> None:
    assert [name for name, _port, _user in way("web", web="a,b, c")] == ["a.net", "b.net", "c.net", "web.net"]


def test_only_the_first_jump_follows_its_own() -> None:
    names = [name for name, _port, _user in way("web", web="a,b", a="gate", b="nowhere")]
    assert names == ["gate.net", "a.net", "b.net", "web.net"]


@pytest.mark.parametrize("jumps", [{"web": "web"}, {"web": "a", "a": "b", "b": "a"}, {"web": "a,b,a"}])
def test_circles_are_refused(jumps: dict[str, str]) -> None:
    with pytest.raises(SourceError) as caught:
        way("web", **jumps)
    assert "leads back" in caught.value.message
    assert "ProxyJump none" in caught.value.advice


@pytest.mark.parametrize("jump", ["-oProxyCommand=x", "a b", "bob:pw@gate", ",,"])
def test_what_names_no_host_is_refused(jump: str) -> None:
    with pytest.raises(UsageError):
        way("web", web=jump)


def test_names_in_messages() -> None:
    assert route(SSHAddress("web", 2222, None, "/"), lookup())[0].name == "web:2222"
    assert route(SSHAddress("web", None, None, "/"), lookup())[0].name == "web"
    assert route(SSHAddress("::1", 2222, None, "/"), lookup())[0].name == "[::1]:2222"
