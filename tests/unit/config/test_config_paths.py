"""Paths as a configuration or an option gives them."""

from pathlib import Path

import pytest

from driftaudit.config.paths import deploy_path, is_local_path, local_path, relative_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (".", ""),
        ("./", ""),
        ("src", "src"),
        ("./src/", "src"),
        ("a//b/./c/", "a/b/c"),
        ("..a", "..a"),
        (" src ", "src"),
    ],
)
def test_a_relative_path_has_one_form(text: str, path: str) -> None:
    assert relative_path(text) == path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an empty path: the top is written '.'"),
        ("/srv", "'/srv' is absolute: a path relative to the top is needed"),
        ("~/x", "'~/x' is absolute: a path relative to the top is needed"),
        ("a/../b", "'a/../b' has '..' in it: it would lead above the top"),
        ("a\nb", r"'a\nb' is no path"),
    ],
)
def test_what_is_not_below_the_top_is_refused_in_words(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        relative_path(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["src/*", "src/?"])
def test_a_path_that_is_deployed_has_no_wildcard(text: str) -> None:
    assert deploy_path("./app/[id]") == "app/[id]"
    with pytest.raises(ValueError, match="has a wildcard in it"):
        deploy_path(text)


def test_a_path_on_this_machine_is_below_its_folder_or_the_home_folder_or_absolute() -> None:
    folder = Path("/project")
    assert local_path("dist/", folder) == "/project/dist"
    assert local_path("/srv/build", folder) == "/srv/build"
    assert local_path("~/build", folder) == str(Path.home() / "build")


@pytest.mark.parametrize("text", [".", "..", "./a", "../a", "/a", "~/a"])
def test_a_path_is_known_by_its_beginning(text: str) -> None:
    assert is_local_path(text)


@pytest.mark.parametrize("text", ["a", ".a", "node", "ssh://h/a", "user@host:/a", "~bob/a", ""])
def test_what_begins_otherwise_is_no_path(text: str) -> None:
    assert not is_local_path(text)
