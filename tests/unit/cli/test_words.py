"""METHOD:PATH and FROM:TO as values."""

import pytest

from driftaudit.cli.words import deploy_intent, path_mapping
from driftaudit.deploy.base import Intent
from driftaudit.errors import UsageError


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("replace", Intent("replace")),
        ("replace: src, ./lib/", Intent("replace", ("src", "lib"))),
        ("overlay:.", Intent("overlay")),
        ("replace:.,src", Intent("replace")),
        ("release:.env,logs", Intent("release", shared=(".env", "logs"))),
        ("release:.", Intent("release")),
    ],
)
def test_a_way_to_deploy(text: str, intent: Intent) -> None:
    assert deploy_intent(text) == intent


@pytest.mark.parametrize(
    "text",
    ["replace:~/src", "overlay:src/*", "mirror:a?", "release:logs/*", "replace:/src", "replace:a/../.."],
)
def test_a_deploy_path_that_no_path_below_the_root_is(text: str) -> None:
    with pytest.raises(UsageError, match=r"--deploy: .* does not lie under the root"):
        deploy_intent(text)


def test_a_mapping_has_paths_in_their_one_form() -> None:
    assert path_mapping(["./api/ : src", ".:public"]).pairs == (("api", "src"), ("", "public"))
    with pytest.raises(UsageError, match="--map: '~/x' does not lie under the root"):
        path_mapping(["~/x:src"])
