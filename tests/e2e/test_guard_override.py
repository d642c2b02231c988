"""A deploy that does not pass, and is run all the same: every only copy is rescued before."""

import pytest

from tests.support.cli import bind_root, driftaudit
from tests.support.git import commit, git, new_repository, write
from tests.support.guarded import environment, guard, history, record, replacing
from tests.support.kept import content, own_refs
from tests.support.site import Site

OVERRIDE = ["--override", "--reason", "Ticket 4711"]


@pytest.fixture
def edited(site: Site) -> Site:
    write(site.production, {"src/only.txt": "only here\n", "src/app.txt": "edited here\n"})
    return site


def test_without_an_override_it_does_not_run(edited: Site) -> None:
    assert guard(edited, [], *replacing(edited)).code == 3
    assert (edited.production / "src/only.txt").exists()
    (line,) = history(edited)
    assert (line["phase"], line["verdict"], line["exit_code"]) == ("refused", "blocked", 3)
    assert record(edited)["result"] is None


def test_an_override_rescues_and_runs(edited: Site) -> None:
    outcome = guard(edited, OVERRIDE, *replacing(edited))
    assert outcome.code == 0, outcome.err
    (ref,) = own_refs(edited.repository)
    assert content(edited.repository, ref, "src/only.txt") == "only here"
    assert content(edited.repository, ref, "src/app.txt") == "edited here"
    assert "Overridden: Ticket 4711" in outcome.err
    assert f"held by {ref}" in outcome.err
    begun, ended = history(edited)
    assert begun["override"] == ended["override"]
    said = begun["override"]
    assert (said["reason"], said["verdict"], said["rescue"]["ref"]) == ("Ticket 4711", "blocked", ref)
    rules = {each["path"]: each["rule"] for each in said["findings"]}
    assert rules == {"src/app.txt": "core/only-copy", "src/only.txt": "core/only-copy"}


def test_an_import_that_breaks_is_among_what_was_overridden(site: Site) -> None:
    imports = {"src/app.js": "import './gone.js';\n", "src/gone.js": "export {};\n"}
    commit(site.repository, imports)
    write(site.production, dict(imports))
    commit(site.repository, {"src/gone.js": None})
    outcome = guard(site, OVERRIDE, *replacing(site))
    assert outcome.code == 0, outcome.err
    broken = {"importer": "src/app.js", "line": 1, "module": "./gone.js", "rule": "core/would-break"}
    assert record(site)["override"]["imports"] == [broken]
    assert "although core/would-break: src/app.js:1 imports ./gone.js" in outcome.err
    told = driftaudit(site.repository, "history", site.url, **environment(site)).out
    assert "Ticket 4711 (1 finding)" in told


def test_a_secret_is_rescued_to_its_folder_and_looked_up_there(edited: Site) -> None:
    write(edited.production, {"src/.env": "PASSWORD=example-only\n"})
    outcome = guard(edited, OVERRIDE, *replacing(edited))
    assert outcome.code == 0, outcome.err
    secrets = history(edited)[0]["override"]["rescue"]["secrets"]
    assert [each["path"] for each in secrets["paths"]] == ["src/.env"]
    kept = next((edited.folder / "data").rglob(".env"))
    assert kept.read_text() == "PASSWORD=example-only\n"
    assert "example-only" not in str(history(edited))
    oid = git(edited.repository, "hash-object", str(kept))
    assert oid not in str(history(edited))


def test_what_is_not_read_cannot_be_overridden(edited: Site) -> None:
    """The application's own data is not rescued, so a plan that destroys it is refused."""
    write(edited.production, {"src/logs/app.log": "a line\n"})
    outcome = guard(edited, OVERRIDE, *replacing(edited))
    assert outcome.code == 4
    assert "The command was not run: no rescue holds what would be destroyed: src/logs/app.log" in outcome.err
    assert (edited.production / "src/only.txt").exists()
    assert [line["phase"] for line in history(edited)] == ["refused"]


def test_data_that_the_plan_keeps_is_no_hindrance(edited: Site) -> None:
    write(edited.production, {"logs/app.log": "a line\n"})
    assert guard(edited, OVERRIDE, *replacing(edited)).code == 0


def test_what_cannot_be_read_cannot_be_overridden(strict: Site) -> None:
    write(strict.production, {"src/closed.txt": "nobody reads it\n", "src/only.txt": "only here\n"})
    (strict.production / "src/closed.txt").chmod(0)
    outcome = guard(strict, OVERRIDE, *replacing(strict))
    assert outcome.code == 4
    assert "not all could be rescued: src/closed.txt" in outcome.err
    assert (strict.production / "src/closed.txt").exists()


def test_a_checkout_with_commits_of_its_own_cannot_be_overridden(edited: Site) -> None:
    plugin = new_repository(edited.production / "src/plugin")
    write(plugin, {"own.txt": "only here\n"})
    git(plugin, "add", "--all")
    git(plugin, "commit", "--quiet", "--message", "own")
    assert guard(edited, OVERRIDE, *replacing(edited)).code == 4
    assert (plugin / "own.txt").exists()


def test_without_a_repository_there_is_nothing_to_rescue_into(edited: Site) -> None:
    edited.repository = edited.folder / "build"
    write(edited.repository, {"src/app.txt": "app\n"})
    words = ["--desired", "./", *OVERRIDE]
    outcome = guard(edited, words, "touch", str(edited.folder / "run"))
    assert outcome.code == 2
    assert "there is no repository to rescue into" in outcome.err
    assert not (edited.folder / "run").exists()


def test_a_repository_that_takes_nothing(edited: Site) -> None:
    if bind_root():
        objects = edited.repository / ".git" / "objects"
        for folder in (objects, *objects.iterdir()):
            folder.chmod(0o500)
        from tests.support.cli import driftaudit
        from tests.support.guarded import environment

        words = ["guard", edited.url, "--deploy", "replace:src", *OVERRIDE, "--", "touch", "run"]
        outcome = driftaudit(edited.repository, *words, powerless=True, **environment(edited))
        for folder in (objects, *objects.iterdir()):
            folder.chmod(0o700)
        assert outcome.code not in (0, 6, 7)
        assert not (edited.repository / "run").exists()


def test_an_override_that_is_not_needed_rescues_nothing(site: Site) -> None:
    assert guard(site, OVERRIDE, *replacing(site)).code == 0
    assert own_refs(site.repository) == {}
    assert history(site)[0]["override"] is None
