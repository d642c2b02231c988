"""The entry point: finds the command, and turns what it raises into a message and an exit code."""

import errno
import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

import click

from driftaudit import __version__
from driftaudit.errors import DriftauditError, ExitCode, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Name -> what `--help` says of it. The module of the same name is imported only when the command runs.
COMMANDS = {
    "accept": "Waive what differs at a path, as it is now.",
    "backup": "Say what backups cover of a deployed tree.",
    "check": "Say what a deploy would destroy, and refuse it where that exists nowhere else.",
    "compare": "Compare any two trees.",
    "completion": "Print what a shell loads to complete commands and targets.",
    "demo": "Replay the incident that this tool exists for.",
    "diff": "Show what a deploy would do to contents.",
    "explain": "Show all that is known of one path.",
    "doctor": "Show what the connection to a target can do.",
    "guard": "Run a deploy command if the check passes, and look at what it did.",
    "history": "List the runs that are stored.",
    "init": "Write a first driftaudit.yml.",
    "probe": "Ask whether the deployed application is well.",
    "reconcile": "Write what is live as a commit beside the deployed one.",
    "recover": "Say what is lost on a target, and write what brings it back.",
    "report": "Audit, store, and say what has changed since the last run.",
    "rescue": "Keep every only copy of a target in the repository.",
    "snapshot": "Save the fingerprint of a tree.",
    "structure": "Say what the program imports and does not find, now and after the deploy.",
    "rules": "List the rules, or run their examples.",
    "verify": "Hold a target against the receipt of a check.",
}

EXIT_CODES = """\b
Exit codes:
  0  pass            3  blocked               5  source unreachable or cut off
  1  internal error  4  incomplete evidence 130  interrupted
  2  usage or configuration                 (6 and 7: guard and verify)"""


# A hook of git hands these on: they would make git answer from the hook's repository, not from the one that
# the command is run in.
REPOSITORY_VARIABLES = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
)


class LazyGroup(click.Group):
    """Imports a command's module when the command is asked for, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return all names."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"driftaudit.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Return the commands that begin so, without importing one."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        named = sorted(COMMANDS.items())
        return [CompletionItem(name, help=said) for name, said in named if name.startswith(incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and name the nearest one where there is none."""
        from difflib import get_close_matches

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="driftaudit")
def cli() -> None:
    """Drift and structure audit of deployed trees.

    A deploy may never destroy the only copy of anything.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code."""
    _open_closed_streams()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is signal.SIG_DFL:  # nohup ignores one of them
            signal.signal(ending, _interrupt)
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; every error becomes a line or two on standard error."""
    for name in REPOSITORY_VARIABLES:
        os.environ.pop(name, None)
    try:
        _require_full_words(sys.argv[1:] if arguments is None else arguments)
        code = cli.main(args=arguments, prog_name="driftaudit", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)
        tell(*told.getvalue().splitlines())
        return int(ExitCode.USAGE)
    except DriftauditError as error:
        _complain(error.message, error.advice)
        return int(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted; nothing was changed on the target", "")
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        discard(sys.stdout)  # the reader of a pipe left
        return int(ExitCode.INTERNAL)
    except Exception as error:
        lost = _lost_output(error)
        if lost:
            _complain(lost.message, lost.advice)
            return int(lost.exit_code)
        if os.environ.get("DRIFTAUDIT_DEBUG"):
            raise
        detail = f"{type(error).__name__}: {error}".splitlines()[0]
        _complain(
            f"internal error: {detail}", "This is a bug. DRIFTAUDIT_DEBUG=1 shows where; please report it."
        )
        return int(ExitCode.INTERNAL)
    return int(code or 0)


def _interrupt(_signal: int, _frame: object) -> None:
    """End as with Ctrl-C: what was started, here and on the host, is ended too."""
    raise KeyboardInterrupt


def _require_full_words(arguments: Sequence[str]) -> None:
    """Raise UsageError for an empty word: a variable that is not set must not stand for this folder."""
    for word in arguments:
        if word == "--":
            return
        if not word or (word.startswith("--") and word.endswith("=")):
            what = f"{word[:-1]} has no value" if word else "a word of the command line is empty"
            raise UsageError(what, "Is a variable of the pipeline not set?")


def tell(*lines: str) -> None:
    """Write lines to standard error, nothing hidden in them. That nobody can read them changes nothing."""
    try:
        click.echo("\n".join(map(shown, lines)), err=True)
    except OSError:
        discard(sys.stderr)


def shown(line: str) -> str:
    """Return a line fit for a terminal. A backslash stays one: advice holds commands that are pasted."""
    from driftaudit.render.printable import is_visible, printable

    return "".join(
        character if character in "\\ " or is_visible(character) else printable(character)
        for character in line
    )


def discard(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere: Python would complain of it once more at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def output_lost(error: OSError) -> UsageError:
    """Return what to raise where standard output took no more: a report that is lost must not pass."""
    discard(sys.stdout)
    why = "it is closed" if error.errno == errno.EBADF else error.strerror
    return UsageError(f"standard output could not be written: {why}")


def _lost_output(error: Exception) -> UsageError | None:
    """Return what to say where standard output took no more, None where the error is another one."""
    if isinstance(error, OSError) and error.filename is None and error.errno in _FULL:
        return output_lost(error)
    try:
        sys.stdout.flush()
    except OSError as lost:
        return output_lost(lost)
    return None


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EBADF, errno.EIO)


def _open_closed_streams() -> None:
    """Open what the caller closed, else the next file or connection that is opened takes its number.

    Nothing can be written to standard output then (it is open for reading), as where it is closed.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)  # the lowest number is taken
    for name, number in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(
                sys, name, os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
            )


def _complain(message: str, advice: str) -> None:
    tell(
        *(f"driftaudit: {line}" for line in message.splitlines()),
        *(f"  {line}" for line in advice.splitlines()),
    )
