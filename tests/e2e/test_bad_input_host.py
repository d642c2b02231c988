"""Hosts that cannot be had, and hosts that answer in an odd way."""

import subprocess

import pytest

from driftaudit.sources.agent.protocol import NO_PYTHON
from tests.support.programs import program
from tests.support.proxy import running_proxy
from tests.support.site import Site
from tests.support.sshd import ClientHome, SSHServer, StartServer, free_port, make_key, public_key

GO_ON = 'exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"'


def test_no_such_host(site: Site) -> None:
    site.url = "ssh://no-such-host.invalid/srv/app"
    assert "The host name no-such-host.invalid cannot be resolved" in site.refused(5)


def test_a_host_without_a_server(site: Site) -> None:
    site.url = f"ssh://127.0.0.1:{free_port()}/srv/app"
    told = site.refused(5)
    assert "refuses the connection" in told
    assert "Does sshd run there" in told


def test_a_refused_key(remote: Site, sshd: SSHServer) -> None:
    (sshd.folder / "authorized_keys").write_text(public_key(make_key(remote.folder / "other")))
    told = remote.refused(5)
    assert f"does not let {sshd.user} in: ~/.ssh/id_ed25519 was refused" in told
    assert f"ssh-copy-id -p {sshd.port} {sshd.user}@127.0.0.1" in told


def test_an_unknown_host_key_and_the_line_that_adds_it(site: Site, start_sshd: StartServer) -> None:
    server = start_sshd(known=False)
    site.url = server.url(site.production)
    told = site.refused(5)
    assert f"The host key of {server.name} is not known (ssh-ed25519 SHA256:" in told
    adding = told.strip().partition("then: ")[2]
    assert adding == f"echo '{server.known_hosts_line.strip()}' >> ~/.ssh/known_hosts"
    subprocess.run(["/bin/sh", "-c", adding], check=True)
    assert site.check().code == 0


def test_a_changed_host_key(site: Site, start_sshd: StartServer) -> None:
    server = start_sshd(known=False)
    other = public_key(make_key(site.folder / "other"))
    server.client.known_hosts.write_text(f"{server.name} {other}\n")
    site.url = server.url(site.production)
    told = site.refused(5)
    assert f"The host key of {server.name} has changed" in told
    assert f"{server.client.known_hosts}:1 has another. This may be an attack" in told
    assert "ssh-keygen -R" in told


def test_no_such_folder(remote: Site) -> None:
    remote.url += "/absent"
    told = remote.refused(5)
    assert "production/absent: there is no such folder" in told
    assert "allow_absent: true" in told


def test_a_file_where_the_folder_should_be(remote: Site) -> None:
    remote.url += "/readme.txt"
    told = remote.refused(5)
    assert "readme.txt: this is a file, not a folder" in told
    assert "Name the folder" in told


def test_a_file_on_the_way_to_the_folder(remote: Site) -> None:
    remote.url += "/readme.txt/src"
    assert "this is a file, not a folder" in remote.refused(5)


def test_a_folder_that_may_not_be_entered(strict: Site) -> None:
    strict.production.chmod(0)
    try:
        told = strict.refused(5)
    finally:
        strict.production.chmod(0o755)
    assert "Permission denied" in told
    assert "must be able to list the folder" in told


@pytest.mark.parametrize("name", ["absent", "readme.txt"])
def test_a_folder_of_this_machine_that_is_none(site: Site, name: str) -> None:
    site.url += f"/{name}"
    assert ("there is no such folder" if name == "absent" else "this is a file") in site.refused(5)


def test_a_host_without_python_or_a_shell(site: Site, start_sshd: StartServer) -> None:
    site.url = start_sshd(force_command=f"exit {NO_PYTHON}").url(site.production)
    told = site.refused(5)
    assert "no Python 3.6 or newer was found there" in told
    assert "Python 3.6 or newer on the host is best" in told


def test_a_host_where_no_interpreter_is_found(site: Site, start_sshd: StartServer) -> None:
    """The command as it is sent, with names that no interpreter has: the shell does."""
    asked = '"$(echo "$SSH_ORIGINAL_COMMAND" | sed s/python/nopython/g)"'
    site.url = start_sshd(force_command=f"exec /bin/sh -c {asked}").url(site.production)
    outcome = site.text()
    assert (outcome.code, outcome.err) == (0, "")
    assert "no Python 3.6 or newer was found there" in outcome.out


@pytest.mark.parametrize("command", ["echo This account is not available.; exit 1", "exit 0", "kill -9 $$"])
def test_an_account_that_runs_nothing(site: Site, start_sshd: StartServer, command: str) -> None:
    site.url = start_sshd(force_command=command).url(site.production)
    assert "the scan did not start" in site.refused(5)


@pytest.mark.parametrize(
    "banner",
    ["echo 'Welcome to production!'", "head -c 300000 /dev/zero", "printf 'no line end'; echo oops >&2"],
)
def test_a_login_shell_that_prints(site: Site, start_sshd: StartServer, banner: str) -> None:
    site.url = start_sshd(force_command=f"{banner}; {GO_ON}").url(site.production)
    outcome = site.check()
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.report["deployed"]["entries"] == 6


def test_a_login_shell_that_prints_without_end(site: Site, start_sshd: StartServer) -> None:
    site.url = start_sshd(force_command="exec yes").url(site.production)
    assert "the login shell prints without end" in site.refused(5)


@pytest.mark.parametrize("shell", ["tcsh", "fish", "sh", "bash"])
def test_other_login_shells(site: Site, start_sshd: StartServer, shell: str) -> None:
    server = start_sshd(force_command=f'{program(shell)} -c "$SSH_ORIGINAL_COMMAND"')
    site.url = server.url(site.production)
    (site.production / "src" / "app.txt").write_text("edited\n")
    outcome = site.check()
    assert outcome.code == 3
    assert outcome.blocking() == {"src/app.txt": "core/only-copy"}


def by_way_of(port: int, server: SSHServer, client: ClientHome) -> str:
    """Return the beginning of a URL that leads to `server` through `port`."""
    client.configure(f"Host web\n  HostName 127.0.0.1\n  Port {port}\n  HostKeyAlias {server.name}\n")
    return "ssh://web"


@pytest.mark.parametrize("cut_after", [0, 1, 500, 1500])
def test_a_connection_that_is_cut_before_the_scan(site: Site, sshd: SSHServer, cut_after: int) -> None:
    with running_proxy(sshd.port, cut_after=cut_after) as proxy:
        site.url = f"{by_way_of(proxy.port, sshd, sshd.client)}{site.production}"
        site.refused(5)


@pytest.mark.parametrize("part", [0.3, 0.5, 0.7, 0.9])
def test_a_connection_that_is_cut_in_the_scan_leaves_no_report(
    site: Site, sshd: SSHServer, part: float
) -> None:
    for number in range(2000):
        (site.production / f"{number:x}").write_bytes(number.to_bytes(4, "big"))
    with running_proxy(sshd.port) as whole:
        site.url = f"{by_way_of(whole.port, sshd, sshd.client)}{site.production}"
        assert site.check().code == 0
    sshd.client.config.unlink()
    reports = site.folder / "reports"
    reports.mkdir()
    (reports / "kept.json").write_text("yesterday's")
    cut_after = int(whole.passed * part)
    with running_proxy(sshd.port, cut_after=cut_after) as proxy:
        site.url = f"{by_way_of(proxy.port, sshd, sshd.client)}{site.production}"
        words = ["--output", str(reports / "new.html"), "--output", str(reports / "kept.json")]
        told = site.refused(5, *words)
        assert "in the middle of an answer" in told or "cut off" in told
        assert proxy.passed == cut_after
    assert [path.name for path in reports.iterdir()] == ["kept.json"]
    assert (reports / "kept.json").read_text() == "yesterday's"
