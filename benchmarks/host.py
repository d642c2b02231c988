"""The host of a benchmark: a real sshd on loopback, and the same behind a delay."""

import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import PATH, Place
from benchmarks.trees import Tree
from tests.support.delay import running_delay
from tests.support.sshd import SSHServer, make_client_home, make_key, running_sshd

ONE_WAY = 0.025  # seconds that the delay takes each way


@dataclass(frozen=True, slots=True)
class Host:
    """A running host. What the client remembers between two runs lies in `cache`."""

    server: SSHServer
    delayed_port: int
    folder: Path

    @property
    def pid(self) -> int:
        return self.server.process.pid

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def _kept(self) -> Path:
        return self.folder / "kept"

    def keep(self) -> None:
        """Set aside what is remembered now."""
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self.cache, self._kept)

    def restore(self) -> None:
        """Remember what was set aside, and nothing since."""
        shutil.rmtree(self.cache, ignore_errors=True)
        shutil.copytree(self._kept, self.cache)

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what commands are run with: a home and a cache of the benchmark's own, and no agent."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        kept.pop("SSH_AUTH_SOCK", None)
        home = str(self.server.client.path)
        own = {"HOME": home, "XDG_CACHE_HOME": str(self.cache), "PATH": f"{kept.get('PATH', '')}:{PATH}"}
        return {**kept, **own, "GIT_CONFIG_GLOBAL": os.devnull}

    def place(self, tree: Tree) -> Place:
        """Return where the two sides of a tree are."""
        server, keys = self.server, self.server.client.ssh
        known = f"UserKnownHostsFile={server.client.known_hosts}"
        ssh = ["ssh", "-F", "none", "-p", str(server.port), "-i", str(keys / "id_ed25519"), "-o", known]
        remote = f":sftp,host=127.0.0.1,user={server.user},port={server.port},key_file={keys / 'id_ed25519'}"
        url = server.url(tree.live)
        return Place(
            ssh=shlex.join(ssh),
            login=f"{server.user}@127.0.0.1",
            root=str(tree.live),
            repository=str(tree.repository),
            url=url,
            delayed_url=url.replace(f":{server.port}/", f":{self.delayed_port}/", 1),
            sftp=f"{remote}:{tree.live}",
            index=str(self.cache / f"index-{tree.size.files}"),
        )


@contextmanager
def running_host(work: Path) -> Iterator[Host]:
    """Run a host with keys of its own, for as long as the benchmark takes."""
    with tempfile.TemporaryDirectory(dir=work, prefix="host-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for key in ("host", "client"):
            make_key(folder / key)
        home = make_client_home(folder / "home", folder / "client")
        with (
            running_sshd(folder / "sshd", home, folder / "host") as server,
            running_delay(server.port, ONE_WAY) as delayed_port,
        ):
            with home.known_hosts.open("a") as file:
                file.write(server.known_hosts_line.replace(f":{server.port} ", f":{delayed_port} "))
            yield Host(server, delayed_port, folder)
