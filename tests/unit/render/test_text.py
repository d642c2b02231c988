import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from driftaudit.model.audit import Audit, Verdict
from driftaudit.model.entry import Entry
from driftaudit.model.finding import Action, Copy, Finding, Origin
from driftaudit.model.problem import Problem, ProblemKind
from driftaudit.render.base import RenderOptions
from driftaudit.render.text import render

PIPED = RenderOptions()
TERMINAL = RenderOptions(width=80, colour=True)
REASON = "This deploy destroys what exists nowhere else: 5 paths."
ANSI = re.compile(r"\x1b\[[0-9;]*m")
LONG = "/".join(
    ["src", *(f"folder-{number:02}-with-a-long-name" for number in range(12)), "two  words [id].tsx"]
)


def plain(text: str) -> str:
    return ANSI.sub("", text)


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize("width", [None, 20, 80, 200])
def test_the_verdict_and_its_reason_are_the_last_line(
    width: int | None, quiet: bool, incident: Callable[..., Audit]
) -> None:
    text = render(incident(), RenderOptions(width=width, quiet=quiet))
    assert text.endswith(f"\nBLOCKED  {REASON}\n")


def test_piped_output_is_plain(incident: Callable[..., Audit], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    text = render(incident(), PIPED)
    assert "\x1b" not in text
    assert text.isascii()  # no box drawing, no ellipsis
    assert not re.search(r"[ \t]$", text, re.MULTILINE)


def test_no_colour_means_no_colour(incident: Callable[..., Audit], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    text = render(incident(), RenderOptions(width=80, colour=False))
    assert "\x1b" not in text
    assert text == plain(render(incident(), TERMINAL))


def test_colour_is_there_when_asked_for_whatever_the_environment(
    incident: Callable[..., Audit], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b[1;37;41mBLOCKED\x1b[0m" in render(incident(), TERMINAL)


@pytest.mark.parametrize("width", [80, 200])
def test_no_line_is_wider_than_the_terminal(width: int, incident: Callable[..., Audit]) -> None:
    lines = plain(render(incident(), RenderOptions(width=width, colour=True))).splitlines()
    assert max(map(cell_len, lines)) <= width


def test_what_would_be_lost_stands_before_the_rest_and_the_way_out_before_the_verdict(
    incident: Callable[..., Audit],
) -> None:
    text = render(incident(), PIPED)
    parts = [
        "production  2025-11-03 18:39:00 UTC",
        "git HEAD  commit 1f2e3d4c5b6a",
        "ssh://ubuntu@api.example.net/home/ubuntu/irisx-backend",
        "140 entries, 123 kB, read by agent",
        "replace src",
        "creates 3, overwrites 2, deletes 17, abandons 0",
        "Blocking  5 paths",
        "It exists nowhere else: in no commit and in no verified backup.  (core/only-copy)",
        "src/services/freeswitch.js",
        "Warnings  1 path\n",
        "For information  17 paths",
        "Not seen  1 problem\n",
        "Notes",
        "1 expected path is not shown.",
        "What to do",
        "Run `driftaudit check production` again.",
        "BLOCKED",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert "node_modules" not in text


def test_a_pipe_gets_all_of_a_finding_in_one_line(incident: Callable[..., Audit]) -> None:
    (line,) = [line for line in render(incident(), PIPED).splitlines() if "freeswitch" in line]
    assert line.split(maxsplit=4) == [
        "delete",
        "unknown",
        "core/only-copy",
        "src/services/freeswitch.js",
        "812 B, changed 2025-10-30, owner ubuntu",
    ]


def test_a_long_path_is_cut_into_lines_without_losing_anything(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    audit = audit_of(finding_of(LONG))
    assert LONG in render(audit, PIPED)
    text = render(audit, RenderOptions(width=80))
    start = text.index("src/folder-00")
    column = start - text.rindex("\n", 0, start) - 1
    lines = [line[column:] for line in text[start - column :].splitlines()]
    assert "".join(lines[: lines.index("812 B, changed 2025-10-30, owner ubuntu")]) == LONG


@pytest.mark.parametrize("options", [PIPED, TERMINAL])
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("[red]x", "[red]x"),
        ("[/foo]", "[/foo]"),
        ("pages/[id].tsx", "pages/[id].tsx"),
        (":smile:", ":smile:"),
        ("<script>", "<script>"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\nBLOCKED", r"a\nBLOCKED"),
        ("\u202egpj", r"\u202egpj"),
        ("caf\udce9", r"caf\xe9"),
        ("\u0301", "\u0301"),
    ],
)
def test_hostile_names_are_shown_as_they_are(
    name: str,
    shown: str,
    options: RenderOptions,
    audit_of: Callable[..., Audit],
    finding_of: Callable[..., Finding],
    entry_of: Callable[..., Entry],
) -> None:
    finding = finding_of(
        name,
        deployed=entry_of(name, owner=name),
        moved_to=name,
        reason=f"because {name}",
        copies=(Copy("commit", name, safe=True),),
        labels=(name,),
    )
    problems = (Problem(name, ProblemKind.UNREADABLE, f"detail {name}"),)
    audit = audit_of(finding, problems=problems, notes=(f"note {name}",), target=name, reason=f"why {name}")
    text = plain(render(audit, options))
    assert {f"because {shown}", f"detail {shown}", f"note {shown}", f"why {shown}"} <= set(
        re.findall(r"(?:because|detail|note|why) [^\n]*?(?=  \(core|$)", text, re.MULTILINE)
    )
    assert text.count(shown) >= 9
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", text)


def test_many_findings_of_a_folder_are_one_line(incident: Callable[..., Audit]) -> None:
    text = render(incident(), PIPED)
    assert re.search(r"delete +leftover +core/drift +src/legacy/  12 files\n", text)
    assert "v01.js" not in text


def test_what_differs_in_kind_is_not_folded_together(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    rule = "core/drift"
    gone = [finding_of(f"src/{number}", rule=rule, origin=Origin.LEFTOVER) for number in range(6)]
    new = [finding_of(f"src/{number}", Action.CREATE, rule) for number in range(6, 13)]
    text = render(audit_of(*gone, *new), PIPED)
    assert re.search(r"delete +leftover +core/drift  src/  6 files\n", text)
    assert re.search(r"create +missing +core/drift  src/  7 files\n", text)


def test_paths_that_block_are_named_up_to_fifty(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    text = render(audit_of(*(finding_of(f"src/{number:02}.js") for number in range(50))), PIPED)
    assert all(f"src/{number:02}.js" in text for number in range(50))


def test_more_paths_that_block_are_folded_and_a_lone_one_is_still_named(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    many = [finding_of(f"uploads/{number:04}.jpg") for number in range(4000)]
    text = render(audit_of(*many, finding_of("src/services/freeswitch.js")), PIPED)
    assert "uploads/  4,000 files  3.2 MB\n" in text
    assert "src/services/freeswitch.js" in text
    assert "Blocking  4,001 paths" in text


def test_the_worst_case_folds_early_and_says_what_to_configure(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    lost = [finding_of(f"uploads/{number}.jpg") for number in range(12)]
    text = render(audit_of(*lost, worst_case=True), PIPED)
    assert "not described, so the worst is assumed" in text
    assert "uploads/  12 files" in text
    lines = [line.strip() for line in text.splitlines()]
    at = lines.index("targets:")
    assert lines[at : at + 3] == ["targets:", "production:", "deploy:"]
    assert lines[at + 3].startswith("method: replace")


def test_a_worst_case_on_a_url_is_given_a_name(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    text = render(audit_of(finding_of("a"), worst_case=True, target="ssh://host/srv/x y"), PIPED)
    assert 'url: "ssh://host/srv/x y"' in text
    assert "Run `driftaudit check 'ssh://host/srv/x y'` again." in text


def test_nobody_is_told_to_commit_a_secret(
    audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    secret = finding_of(".env", rule="core/precious", labels=("secret",))
    assert "commit" not in render(audit_of(secret), PIPED).split("What to do")[1]
    mixed = render(audit_of(secret, finding_of("a.js")), PIPED)
    assert "A copy of it in the repository (what has no label): `driftaudit rescue production`" in mixed


def test_problems_are_named_with_what_to_do(audit_of: Callable[..., Audit]) -> None:
    problems = (
        Problem("", ProblemKind.SHALLOW_CLONE, "50 commits"),
        Problem("src/keys", ProblemKind.UNREADABLE, "Permission denied"),
    )
    audit = audit_of(verdict=Verdict.INCOMPLETE, reason="Evidence is missing.", problems=problems)
    text = render(audit, PIPED)
    assert "unreadable  src/keys  Permission denied\n    Give the scanning user read access" in text
    assert "shallow-clone  (the whole tree)  50 commits\n    Bring the whole history" in text
    assert "fetch-depth: 0" in text
    assert "Nothing that could be seen differs." in text
    assert text.endswith("\nINCOMPLETE  Evidence is missing.\n")


def test_a_thousand_problems_are_folded_and_counted(audit_of: Callable[..., Audit]) -> None:
    problems = tuple(
        Problem(f"var/{number:04}", ProblemKind.UNREADABLE, "Permission denied") for number in range(1000)
    )
    text = render(audit_of(verdict=Verdict.INCOMPLETE, problems=problems), PIPED)
    assert "var/  1,000 paths" in text
    assert "1,000 problems" in text


def test_a_clean_result_says_so(audit_of: Callable[..., Audit]) -> None:
    text = render(audit_of(), PIPED)
    assert "\nNothing differs.\n" in text
    assert "What to do" not in text
    assert text.endswith("\nPASS  Nothing is lost.\n")


def test_an_incomplete_tree_is_called_that(
    audit_of: Callable[..., Audit], tree_of: Callable[..., object]
) -> None:
    text = render(audit_of(deployed=tree_of("ssh", complete=False, real_root="/srv/releases/5")), PIPED)
    assert "read by agent, INCOMPLETE" in text
    assert "which is /srv/releases/5" in text


def test_quiet_leaves_the_paths_that_block_and_the_verdict(incident: Callable[..., Audit]) -> None:
    lines = render(incident(), RenderOptions(quiet=True)).splitlines()
    assert len(lines) == 6
    assert [line.split()[3] for line in lines[:-1]] == [
        "src/config.js",
        "src/db/redis.js",
        "src/services/freeswitch.js",
        "src/keys/service.pem",
        "src/db/scratch.js",
    ]


def test_quiet_about_a_clean_result_is_one_line(audit_of: Callable[..., Audit]) -> None:
    assert render(audit_of(), RenderOptions(quiet=True)) == "PASS  Nothing is lost.\n"


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_commands_are_whole_lines_to_be_copied(
    width: int, audit_of: Callable[..., Audit], finding_of: Callable[..., Finding]
) -> None:
    text = render(audit_of(finding_of("src/a-rather-long-name-of-a-file.js")), RenderOptions(width=width))
    command = "driftaudit explain production src/a-rather-long-name-of-a-file.js"
    (line,) = [line for line in text.splitlines() if "driftaudit explain" in line]
    assert line.endswith(command)
    assert text.splitlines()[-3].split() == ["then", "driftaudit", "check", "production"]


def test_a_wide_terminal_has_details_beside_the_names_and_all_in_line(
    incident: Callable[..., Audit],
) -> None:
    lines = render(incident(), RenderOptions(width=200)).splitlines()
    rows = [line for line in lines if "owner ubuntu" in line]
    assert len(rows) == 5
    assert len({line.index("812 B") - len("secret, ") * ("secret" in line) for line in rows}) == 1
    assert "  desired   git HEAD  commit 1f2e3d4c5b6a  132 entries, read by ls-tree" in lines


@pytest.mark.parametrize("width", [None, 80, 200])
def test_the_application_imports_and_history_are_drawn(
    width: int | None, with_everything: Callable[..., Audit]
) -> None:
    text = re.sub(r"\s+", " ", render(with_everything("src/a.js"), RenderOptions(width=width)))
    for part in (
        "probes 0 of 2 well, 1 not asked",
        "Imports that the deploy would break 1 import structure src/a.js (core/would-break)",
        "importer src/a.js:3 imports src/a.js, goes with src/a.js",
        "The running application block health src/a.js (own/src/a.js, by http src/a.js)",
        "not well http src/a.js answer src/a.js (0.01 s)",
        "not asked pm2 irisx-api no pm2",
        "History Run 12, compared with run 11 of 2025-11-02: 3 new, 0 persisting, 0 resolved, 0 waived",
        "new src/a.js unknown, 1 day, 1 run, since 2025-11-02",
        "new http src/a.js kind src/a.js, 1 day, 1 run, since 2025-11-02",
        "new importer src/a.js:3 would-break src/a.js, 1 day, 1 run, since 2025-11-02",
    ):
        assert part in text


@settings(max_examples=25)
@given(
    name=st.text(st.characters(codec=None), min_size=1, max_size=60),
    width=st.sampled_from([None, 40, 80, 120, 200]),
)
def test_whatever_names_hold_nothing_is_hidden_and_nothing_is_too_wide(
    name: str, width: int | None, with_everything: Callable[..., Audit]
) -> None:
    text = render(with_everything(name), RenderOptions(width=width))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text)
    commands = ("driftaudit ", "BLOCKED  ")
    wrapped = [line for line in text.splitlines() if not any(word in line for word in commands)]
    assert width is None or max(map(cell_len, wrapped)) <= width
