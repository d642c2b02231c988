"""What a script may be told of the variables of this process."""

import pytest

from driftaudit.scripted.environment import environment_of


def test_values_that_may_be_secrets_are_not_told() -> None:
    variables = {
        "DEPLOY_DIR": "/srv/app",
        "EMPTY": "",
        "DB_PASSWORD": "x",
        "API_TOKEN": "x",
        "URL": "https://me:hidden@example.net/",
        "NOTE": "two\nlines",
        "PATH": "/bin",
        "HOME": "/root",
        "BASH_FUNC_x%%": "() { :; }",
        "STRANGE": "\U000f0000",
    }
    found = environment_of(variables)
    assert found.values == {"DEPLOY_DIR": "/srv/app", "EMPTY": ""}
    assert {"DB_PASSWORD", "API_TOKEN", "URL", "NOTE", "PATH", "HOME", "STRANGE"} <= found.hidden
    assert "srv" not in repr(found)


@pytest.mark.parametrize(
    "name", ["SSHPASS", "DBPASS", "GH_PAT", "COOKIE", "KUBECONFIG_DATA", "SESSION", "APP_KEY", "BASIC_AUTH"]
)
def test_what_is_called_nearly_as_secrets_are_is_not_told(name: str) -> None:
    assert environment_of({name: "x"}).hidden >= {name}
    assert not environment_of({name: "x"}).values


@pytest.mark.parametrize("name", ["REPLY", "HOSTNAME", "SUDO_USER", "CDPATH", "IFS", "PWD", "BASH_ENV"])
def test_what_a_shell_sets_itself_is_never_taken_for_not_set(name: str) -> None:
    assert name in environment_of({}).hidden
