import subprocess
import sys
from collections.abc import Callable

import pytest

from driftaudit.cli.options import REPORTS
from driftaudit.model.audit import Audit
from driftaudit.model.entry import Entry
from driftaudit.model.finding import Action, Copy, Finding
from driftaudit.render.base import RenderOptions
from driftaudit.render.path_lists import PATH_LISTS
from driftaudit.render.registry import FORMATS


def test_the_formats_by_name() -> None:
    assert list(FORMATS) == list(REPORTS)
    assert [name for name in FORMATS if name.endswith("0")] == list(PATH_LISTS)


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - PATH_LISTS.keys()))
def test_every_format_ends_with_one_newline_and_is_the_same_twice(
    name: str, incident: Callable[..., Audit]
) -> None:
    first = FORMATS[name](incident(), RenderOptions())
    assert first == FORMATS[name](incident(), RenderOptions())
    assert first.endswith("\n")
    assert not first.endswith("\n\n")


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - PATH_LISTS.keys()))
def test_every_format_can_be_written_as_utf8(
    name: str, audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    audit = audit_of(finding_of("\udcff\ud800\x1b"), target="\udcff", notes=("\udcff",), reason="\udcff")
    text = FORMATS[name](audit, RenderOptions())
    assert text.encode("utf-8").decode("utf-8") == text
    assert "\x1b" not in text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("width", [None, 80])
def test_no_format_shows_the_digest_of_a_secret(
    name: str,
    width: int | None,
    secret_digest: str,
    audit_of: Callable[..., Audit],
    finding_of: Callable[..., Finding],
    entry_of: Callable[..., Entry],
) -> None:
    finding = finding_of(
        ".env",
        Action.OVERWRITE,
        labels=("secret",),
        desired=entry_of(".env", digest=secret_digest),
        deployed=entry_of(".env", digest=secret_digest, text_digest=secret_digest),
        copies=(
            Copy("unreachable-object", secret_digest, safe=False),
            Copy("unreachable-object", secret_digest[:7], safe=False),
        ),
    )
    text = FORMATS[name](audit_of(finding), RenderOptions(width=width))
    assert ".env" in text or name in PATH_LISTS
    assert "withheld" in text or name in (*PATH_LISTS, "combined")
    assert secret_digest[:7] not in text


def test_naming_the_formats_loads_no_heavy_library() -> None:
    program = (
        "import sys, driftaudit.render.registry;"
        "print(sorted({'rich', 'jinja2'} & {name.partition('.')[0] for name in sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
