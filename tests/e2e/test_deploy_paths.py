"""Paths of a deploy behind which the command line once saw nothing, and said pass."""

import shutil
from pathlib import Path

import pytest

from tests.support.cli import check, driftaudit
from tests.support.git import write
from tests.support.site import Site, refusal


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def refused(site: Site, *words: str) -> str:
    return refusal(driftaudit(site.repository, "check", site.url, *words), 2)


@pytest.mark.parametrize("method", ["replace", "overlay", "mirror"])
def test_a_path_below_a_live_link(site: Site, method: str) -> None:
    shutil.rmtree(site.production)
    write(site.production, {"releases/1/src/only.txt": "the only copy\n"})
    (site.production / "current").symlink_to("releases/1")
    told = refused(site, "--map", "src:current/src", "--deploy", f"{method}:current/src")
    assert "'current' is a link on the target" in told
    assert "…/current" in told


def test_a_path_below_a_live_file(site: Site) -> None:
    shutil.rmtree(site.production / "src")
    (site.production / "src").write_text("the only copy\n")
    assert "'src' is no folder on the target" in refused(site, "--deploy", "overlay:src/lib")


@pytest.mark.parametrize("deploy", ["overlay", "overlay:src"])
def test_an_overlay_of_a_folder_over_a_live_link(site: Site, deploy: str) -> None:
    (site.production / "src").rename(site.production / "app")
    (site.production / "app" / "app.txt").write_text("edited by hand\n")
    (site.production / "src").symlink_to("app")
    assert "'src' is a link on the target and a folder" in refused(site, "--deploy", deploy)


@pytest.mark.parametrize(
    ("deploy", "told"),
    [
        (
            "replace:scr",
            "there is no 'scr' to replace, neither in the desired tree nor live; did you mean 'src'?",
        ),
        ("replace:SRC", "did you mean 'src'?"),
        ("overlay:src/*", "has a wildcard in it"),
        ("replace:~/src", "does not lie under the root"),
    ],
)
def test_a_path_that_is_nowhere(site: Site, deploy: str, told: str) -> None:
    assert told in refused(site, "--deploy", deploy)


def test_a_path_after_a_blank_is_that_path(site: Site) -> None:
    (site.production / "src" / "only.txt").write_text("the only copy\n")
    outcome = check(site.repository, site.url, "--deploy", "replace: src")
    assert outcome.blocking() == {"src/only.txt": "core/only-copy"}


def test_a_real_folder_at_a_shared_path_stays_in_the_old_release(site: Site) -> None:
    write(site.production, {"uploads/p.png": "the only copy\n"})
    outcome = check(site.repository, site.url, "--deploy", "release:uploads,nowhere")
    assert outcome.blocking() == {"uploads/p.png": "core/precious"}
    assert outcome.report["plan"]["paths"] == []
    shared = site.production.parent / "shared"
    (site.production / "uploads").rename(shared)
    (site.production / "uploads").symlink_to(shared)
    assert check(site.repository, site.url, "--deploy", "release:uploads").code == 0


def test_an_exclude_starts_at_the_path_that_is_copied(site: Site) -> None:
    write(site.production, {"src/kept/only.txt": "the only copy\n"})
    deploy = "{{method: mirror, paths: [src], exclude: [{}]}}"
    settings = "version: 1\ntargets: {{live: {{url: '{}', deploy: " + deploy + "}}}}"
    site.configure(settings.format(site.url, "/src/kept/"))
    assert check(site.repository, "live").blocking() == {"src/kept/only.txt": "core/only-copy"}
    site.configure(settings.format(site.url, "/kept/"))
    assert check(site.repository, "live").code == 0


@pytest.mark.parametrize("option", ["current: ../../etc", "current: /srv/app", "releases: /srv/releases"])
def test_a_release_outside_of_the_root(site: Site, option: str) -> None:
    site.configure(
        f"version: 1\ntargets: {{live: {{url: '{site.url}', deploy: {{method: release, {option}}}}}}}"
    )
    told = refusal(driftaudit(site.repository, "check", "live"), 2)
    assert option.partition(":")[0] in told
