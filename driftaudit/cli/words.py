"""The small words of the command line: METHOD:PATH, FROM:TO, and what looks like a path."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from driftaudit.config.paths import deploy_path, named_path, relative_path
from driftaudit.deploy.base import Intent
from driftaudit.deploy.registry import METHODS, WORST_CASE
from driftaudit.errors import UsageError
from driftaudit.model.mapping import PathMapping
from driftaudit.model.script import DeployScript, Environment, Unreadable

_LARGEST_SCRIPT = 1 << 20  # bytes


def is_path(text: str) -> bool:
    """Whether a word says by its beginning that it is a path."""
    return text in (".", "..") or text.startswith(("./", "../", "/"))


def _below_root(text: str, option: str, read: Callable[[str], str] = relative_path) -> str:
    try:
        return read(text)
    except ValueError as error:
        raise UsageError(
            f"{option}: {text!r} does not lie under the root: {error}",
            "Write the path relative to it, such as src",
        ) from None


def path_mapping(maps: Sequence[str]) -> PathMapping:
    """Return the pairs of all --map options. Raises UsageError where one is not FROM:TO."""
    pairs = []
    for text in maps:
        source, separator, destination = text.partition(":")
        if not separator or not source or not destination:
            raise UsageError(f"--map {text!r} is not FROM:TO", "Write, for example, --map api/src:src")
        pairs.append((_below_root(source, "--map"), _below_root(destination, "--map")))
    return PathMapping(tuple(pairs))


def deploy_intent(text: str) -> Intent:
    """Return the intent of a --deploy option. Raises UsageError for an unknown method or a bad path."""
    method, _separator, rest = text.partition(":")
    known = [name for name in METHODS if name != WORST_CASE]
    if method == "script":
        return script_intent(Path(rest))
    if method not in known:
        from difflib import get_close_matches

        near = get_close_matches(method, known, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise UsageError(f"there is no deploy method {method!r}", f"{hint}Known are {', '.join(known)}.")
    paths = tuple(_below_root(word, "--deploy", deploy_path) for word in rest.split(",") if word)
    if method == "release":
        return Intent(method, shared=tuple(filter(None, paths)))
    return Intent(method, () if "" in paths else paths)


def command_intent(text: str, folder: Path) -> Intent:
    """Return the intent of a shell line that is run in a folder. Raises UsageError where it says nothing."""
    if not text.strip():
        raise UsageError("--deploy-command says nothing", "Write the line that deploys, in quotes.")
    script = DeployScript(text, "--deploy-command", str(folder), environment=_environment())
    return Intent("script", script=script)


def script_intent(path: Path) -> Intent:
    """Return the intent of a deploy script, run in its folder. Raises UsageError where it cannot be read."""
    try:
        if path.stat().st_size > _LARGEST_SCRIPT:
            raise UsageError(
                f"{path} is too large to be a deploy script", "Is it another file that is meant?"
            )
        text = path.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise UsageError(
            f"the deploy script {path} cannot be read: {error.strerror}",
            "Correct `script:` of the target, or --deploy script:FILE.",
        ) from error
    folder = str(path.absolute().parent)
    return Intent("script", script=DeployScript(text, path.name, folder, environment=_environment()))


def _environment() -> Environment:
    from driftaudit.scripted.environment import environment_of

    return environment_of(os.environ)


def form_intent(text: str) -> Intent:
    """Return the intent of FILE[:JOB]. Raises UsageError where the file, or the job, cannot be read."""
    from driftaudit.forms.registry import read_form

    file, colon, job = text.rpartition(":")
    path, name = (Path(file), job) if colon and not Path(text).exists() else (Path(text), None)
    if not path.is_file():
        raise UsageError(f"there is no file {path}", "Write --deploy-from FILE, or FILE:JOB.")
    form = read_form(path, name)
    unreadable = tuple(Unreadable(each.where, each.detail, each.may_touch) for each in form.problems)
    folder = str(form.folder.absolute())
    script = DeployScript(form.text, path.name, folder, form.places, unreadable, unknown=form.unknown)
    return Intent("script", script=script)


def path_under_root(text: str) -> str:
    """Return a PATH of the command line as it lies under the root. Raises UsageError for one outside."""
    try:
        return named_path(text)
    except ValueError as error:
        raise UsageError(f"PATH: {error}", "Write it as it lies under the target's root.") from None
