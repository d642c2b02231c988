"""`python -m tests.support.forked FD`: has all of driftaudit imported, and forks for each run of it.

Starting Python and importing everything takes longer than most runs do. What forks has run nothing of
driftaudit yet: a run begins as a new process does, with memory, descriptors, folder and environment of its
own, and ends by Python's own way out. The other end of this is `tests.support.forking`.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import struct
import sys
import tempfile
import threading
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn, TextIO

import driftaudit

NUMBER = struct.Struct("!i")
FDS = 4  # the connection of the run, and its standard input, output and error output
FLUSH_FAILED = 120  # Python's own exit code for it
_LEFT_OUT = ("driftaudit.__main__", "driftaudit.sources.agent.program.")  # what runs when it is imported
_LATER = (  # what driftaudit and its libraries import where they first need it
    "deepdiff",
    "git",
    "jinja2.ext",
    "paramiko",
    "platformdirs.unix",
    "re2",
    "rich.console",
    "rich.markup",
    "rich.progress",
    "rich.table",
    "rich.tree",
    "sqlalchemy.dialects.sqlite",
    "tree_sitter_javascript",
    "tree_sitter_typescript",
    "xxhash",
)
_BEGUN_IN = frozenset(os.environ)


def import_all() -> None:
    """Import what a run may import."""
    found = pkgutil.walk_packages(driftaudit.__path__, "driftaudit.")
    for name in [*(module.name for module in found), *_LATER]:
        if not name.startswith(_LEFT_OUT):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # else a collection in a fork copies all pages


def next_run(control: socket.socket) -> socket.socket:
    """Return the connection of a run, in a fork of its own. What forks never returns from here."""
    while True:
        word, fds, _flags, _address = socket.recv_fds(control, 1, FDS)
        if not word:
            sys.exit(0)  # nobody is there any more
        run = socket.socket(fileno=fds[0])
        pid = os.fork()
        if not pid:
            control.close()
            for number, fd in enumerate(fds[1:]):
                os.dup2(fd, number)
            break
        for fd in fds[1:]:
            os.close(fd)
        with run:
            run.sendall(NUMBER.pack(pid))
            _pid, status = os.waitpid(pid, 0)
            run.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))
    for fd in fds[1:]:
        os.close(fd)
    return run


def become(run: socket.socket) -> None:
    """Be what a new process with these words, this folder and this environment would be."""
    with run, run.makefile() as file:
        words, folder, environment = json.load(file)
    set_by_imports = {name: value for name, value in os.environ.items() if name not in _BEGUN_IN}
    os.environ.clear()
    os.environ.update(set_by_imports | environment)
    os.chdir(folder)
    sys.argv = [str(Path(driftaudit.__file__).with_name("__main__.py")), *words]
    tempfile.tempdir = None  # it was looked for in another environment
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = _stream(getattr(sys, name), mode)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _stream(first: TextIO, mode: str) -> TextIO:
    """Return what Python would open now where it opened `first`: that does not know what it leads to now."""
    assert isinstance(first, TextIOWrapper)
    stream = open(first.fileno(), mode, encoding=first.encoding, errors=first.errors, closefd=False)  # noqa: SIM115
    assert isinstance(stream, TextIOWrapper)
    stream.reconfigure(line_buffering=first.line_buffering, write_through=first.write_through)
    return stream


def run_main() -> int:
    """Run the command line and return its exit code."""
    from driftaudit.cli.main import main

    try:
        main()
    except SystemExit as done:
        return int(done.code or 0)
    raise AssertionError("main ends with sys.exit")


def end(code: int) -> NoReturn:
    """End as Python does, but for taking apart what is imported: that takes longer than a fork."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except OSError:
        code = FLUSH_FAILED
    os._exit(code)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import_all()
    become(next_run(socket.socket(fileno=int(sys.argv[1]))))
    end(run_main())
