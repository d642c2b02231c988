"""Paths as a configuration or an option gives them."""

from pathlib import Path


def relative_path(text: str) -> str:
    """Return a path below a top folder in its one form: `src/app`, and "" for the top (written `.`).

    Raises ValueError, in words for the user, for what is absolute, leads above the top, or is empty.
    """
    text = text.strip(" \t")
    if not text.strip():
        raise ValueError("an empty path: the top is written '.'")
    if text.startswith(("/", "~")):
        raise ValueError(f"{text!r} is absolute: a path relative to the top is needed")
    if "\0" in text or "\n" in text:
        raise ValueError(f"{text!r} is no path")
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise ValueError(f"{text!r} has '..' in it: it would lead above the top")
    return "/".join(parts)


def named_path(text: str) -> str:
    """Return a path as a person names one that is there: any name that a file can have counts as it is.

    Raises ValueError, in words for the user, for what is absolute, leads above the top, or is empty.
    """
    if not text:
        raise ValueError("an empty path: the top is written '.'")
    if text.startswith("/"):
        raise ValueError(f"{text!r} is absolute: a path relative to the top is needed")
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise ValueError(f"{text!r} has '..' in it: it would lead above the top")
    return "/".join(parts)


def deploy_path(text: str) -> str:
    """Return a path that is deployed, as `relative_path` does. Raises ValueError for a wildcard too."""
    if "*" in text or "?" in text:
        raise ValueError(f"{text!r} has a wildcard in it: name the folder itself")
    return relative_path(text)


def local_path(text: str, folder: Path) -> str:
    """Return a path on this machine in absolute form: `~/` is the home folder, else `folder` the start."""
    return str(Path.home() / text[2:] if text.startswith("~/") else folder / text)


def is_local_path(text: str) -> bool:
    """Whether the text is a path by its beginning: `./`, `../`, `/` or `~`."""
    return text in (".", "..") or text.startswith(("./", "../", "/", "~/"))


def shown_path(path: Path) -> str:
    """Return the path as short as it can be written: relative to the current folder if it is below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
