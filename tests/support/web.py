"""Servers on loopback that answer as no server should, one connection after another."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.programs import program

Behaviour = Callable[[socket.socket, threading.Event], None]


@dataclass
class Web:
    """`requests` are the first lines of what was asked."""

    port: int
    requests: list[str]

    def url(self, path: str = "/", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"


@contextmanager
def served(behave: Behaviour, context: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serve connections, each in a thread of its own, until the end of the context."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        web = Web(listener.getsockname()[1], [])

        def serve(connection: socket.socket) -> None:
            with suppress(OSError), connection:
                stream = context.wrap_socket(connection, server_side=True) if context else connection
                with stream:
                    request = b""
                    while b"\r\n\r\n" not in request:
                        request += stream.recv(4096) or b"\r\n\r\n"
                    web.requests.append(request.split(b"\r\n")[0].decode("latin-1"))
                    behave(stream, over)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield web
        finally:
            over.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def saying(text: str | bytes) -> Behaviour:
    """Answer with these bytes, and end the connection."""
    data = text.encode() if isinstance(text, str) else text
    return lambda stream, _over: stream.sendall(data)


def answering(body: str, status: str = "200 OK", *headers: str) -> Behaviour:
    """Answer as a server should."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return saying("\r\n".join(lines) + "\r\n\r\n" + body)


def redirecting(target: str) -> Behaviour:
    return answering("", "302 Found", f"Location: {target}")


def silent(_stream: socket.socket, over: threading.Event) -> None:
    """Take the request, and never answer."""
    over.wait(30)


def dripping(stream: socket.socket, over: threading.Event) -> None:
    """Send a byte of a body now and then: no single read ever takes long."""
    stream.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not over.wait(0.05):
        stream.sendall(b".")


def endless(stream: socket.socket, over: threading.Event) -> None:
    """Send a body as fast as it is taken, without end."""
    stream.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not over.is_set():
        stream.sendall(b"x" * 65536)


def endless_headers(stream: socket.socket, over: threading.Event) -> None:
    stream.sendall(b"HTTP/1.1 200 OK\r\n")
    while not over.is_set():
        stream.sendall(b"X-More: and more\r\n" * 1000)


def endless_continue(stream: socket.socket, over: threading.Event) -> None:
    """Say for ever that more is to come."""
    while not over.is_set():
        stream.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


@dataclass
class Certificate:
    """A certificate that signs itself; who trusts the file trusts the server."""

    path: Path
    key: Path

    @property
    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context


def certificate(folder: Path, name: str, days: int = 2) -> Certificate:
    """Make a certificate for an IP address or a name."""
    path, key = folder / f"{name}.pem", folder / f"{name}.key"
    kind = "IP" if name[0].isdigit() else "DNS"
    subprocess.run(
        [
            *(program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *(
                "-nodes",
                "-days",
                str(days),
                "-subj",
                f"/CN={name}",
                "-addext",
                f"subjectAltName={kind}:{name}",
            ),
            *("-keyout", str(key), "-out", str(path)),
        ],
        check=True,
        capture_output=True,
    )
    return Certificate(path, key)
