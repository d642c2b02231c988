"""Another SSH server than OpenSSH's: one that refuses every command, and has SFTP of its own."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import paramiko

from tests.support.sshd import ClientHome, public_key


class _Login(paramiko.ServerInterface):
    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return paramiko.common.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.common.OPEN_SUCCEEDED


class _Handle(paramiko.SFTPHandle):
    def __init__(self, path: str) -> None:
        super().__init__()
        self._descriptor = os.open(path, os.O_RDONLY)

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._descriptor, min(length, 1000), offset)  # always less than was asked for

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self._descriptor))

    def close(self) -> None:
        os.close(self._descriptor)


class _Files(paramiko.SFTPServerInterface):
    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        try:
            names = [below.name for below in Path(path).iterdir()]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        found = []
        for name in names:
            attributes = paramiko.SFTPAttributes()  # it says nothing of what it lists
            attributes.filename = name
            found.append(attributes)
        return found

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        return self._state(path, follow=True)

    def lstat(self, path: str) -> paramiko.SFTPAttributes | int:
        return self._state(path, follow=False)

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        try:
            return _Handle(path)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def readlink(self, path: str) -> str | int:
        try:
            return str(Path(path).readlink())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def canonicalize(self, path: str) -> str:
        return os.path.realpath(path)

    def _state(self, path: str, *, follow: bool) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(Path(path).stat(follow_symlinks=follow))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)


def _serve(listener: socket.socket, host_key: Path, transports: list[paramiko.Transport]) -> None:
    while True:
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        transport = paramiko.Transport(connection)
        transports.append(transport)
        transport.add_server_key(paramiko.Ed25519Key.from_private_key_file(str(host_key)))
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
        with suppress(paramiko.SSHException, EOFError):
            transport.start_server(server=_Login())


@contextmanager
def running_plain_sftp(client: ClientHome, host_key: Path) -> Iterator[str]:
    """Run the server on loopback and yield the beginning of its URLs."""
    transports: list[paramiko.Transport] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with client.known_hosts.open("a") as file:
            file.write(f"[127.0.0.1]:{port} {public_key(host_key)}\n")
        thread = threading.Thread(target=_serve, args=(listener, host_key, transports), daemon=True)
        thread.start()
        yield f"ssh://somebody@127.0.0.1:{port}"
        listener.shutdown(socket.SHUT_RDWR)
    for transport in transports:
        transport.close()
    thread.join(5)
