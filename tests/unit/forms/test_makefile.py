from pathlib import Path

import pytest

from driftaudit.errors import UsageError
from driftaudit.forms import dry_run
from tests.support.forms import commands, details, place_of, read


def makefile(folder: Path, text: str, job: str | None = None, name: str = "Makefile") -> list[str]:
    return commands(read(folder, name, text, job))


def test_each_line_is_in_a_shell_of_its_own_with_its_place(tmp_path: Path) -> None:
    text = (
        "ROOT = /srv/app\ndeploy: build\n\tcd $(ROOT)\n\trm -rf src && \\\n"
        "\t  tar xzf /tmp/s.tar.gz\nbuild:\n\t@tar czf x\n"
    )
    script = read(tmp_path, "Makefile", text)
    assert commands(script) == ["tar czf x", "cd /srv/app", "rm -rf src && \\", "tar xzf /tmp/s.tar.gz"]
    assert script.text.count("(") == script.text.count(")") == 3
    assert place_of(script, "cd /srv/app").endswith("Makefile:3")
    assert place_of(script, "tar xzf").endswith("Makefile:5")
    assert not script.problems


def test_a_dash_and_only_a_dash_lets_it_go_on(tmp_path: Path) -> None:
    script = read(
        tmp_path,
        "Makefile",
        "Q = @\nE = -\nD = -\nD = @\ndeploy:\n\t$(Q)a\n\t@-b\n\t$(D)c\n\t-$(Q)d\n\t$(E)e\n",
    )
    lines = script.text.split("\n")
    before = {line: lines[n - 3] for n, line in enumerate(lines) if line in "abcde" and line}
    assert before == {
        "a": "set -e",
        "b": "set +e",
        "c": 'if [ "${DRIFTAUDIT_UNKNOWN_1}" ]; then set +e; fi',
        "d": "set +e",
        "e": "set +e",
    }


def test_the_lines_of_a_variable_are_each_a_shell(tmp_path: Path) -> None:
    text = "define steps\ncd x\nrm -rf y\nendef\ndeploy:\n\t$(steps)\n\tlast\n"
    script = read(tmp_path, "Makefile", text)
    assert commands(script) == ["cd x", "rm -rf y", "last"]
    assert place_of(script, "rm -rf y").endswith("Makefile:3")


def test_one_shell_for_the_whole_recipe_where_the_makefile_says_so(tmp_path: Path) -> None:
    text = ".ONESHELL:\nSHELL = /bin/bash\n.SHELLFLAGS = -eu -o pipefail -c\ndeploy:\n\tcd x\n\trm -rf y\n"
    script = read(tmp_path, "Makefile", text)
    assert "set +e; set -e; set -u; set -o pipefail\ncd x\nrm -rf y\n)" in script.text
    assert place_of(script, "rm -rf y").endswith("Makefile:6")


def test_a_variable_that_only_the_caller_can_set_is_unknown(tmp_path: Path) -> None:
    text = 'V = 1\ndeploy:\n\trm -rf "$(DIR)/src" $(V)\n\t$(Q)echo $(DIR)\n'
    script = read(tmp_path, "Makefile", text)
    assert commands(script) == ['rm -rf "${DRIFTAUDIT_UNKNOWN_1}/src" 1', "echo ${DRIFTAUDIT_UNKNOWN_1}"]
    assert script.unknown[0] == ("DRIFTAUDIT_UNKNOWN_1", "make's variable DIR")


def test_a_condition_on_what_is_not_set_is_a_problem(tmp_path: Path) -> None:
    text = "ifeq ($(ENV),prod)\nROOT=/srv\nelse\nROOT=/tmp\nendif\ndeploy:\n\trm -rf $(ROOT)/x\n"
    script = read(tmp_path, "Makefile", text)
    assert commands(script) == ["rm -rf /tmp/x"]
    assert details(script) == [("Makefile:1", "what it runs depends on ENV, which is not set")]


def test_the_environment_of_the_caller_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evil.mk").write_text("deploy: ; rm -rf /\n")
    for name, text in (("MAKEFILES", str(tmp_path / "evil.mk")), ("MAKEFLAGS", "-i"), ("X", "set")):
        monkeypatch.setenv(name, text)
    script = read(tmp_path, "Makefile", "X ?= default\ndeploy:\n\techo $(X)\n")
    assert commands(script) == ["echo default"]


def test_scripts_and_targets_that_a_line_runs_are_written_out(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(
        '{"scripts": {"build": "tsc && npm run copy", "copy": "cp -r a b"}}'
    )
    script = read(tmp_path, "Makefile", "deploy:\n\tnpm run build && make push\npush:\n\trsync -a b/ h:\n")
    found = commands(script)
    assert [line for line in ("tsc &&  (", "cp -r a b", "rsync -a b/ h:") if line not in found] == []
    assert place_of(script, "rsync").endswith("Makefile:4")


def test_files_that_are_included_are_read(tmp_path: Path) -> None:
    (tmp_path / "vars.mk").write_text("ROOT := /srv/app\npush:\n\trsync b $(ROOT)\n")
    script = read(tmp_path, "Makefile", "include vars.mk\n-include none.mk\ndeploy: push\n")
    assert commands(script) == ["rsync b /srv/app"]
    assert place_of(script, "rsync").endswith("vars.mk:3")


def test_a_target_that_has_nothing_to_do_is_an_empty_script(tmp_path: Path) -> None:
    (tmp_path / "deploy").write_text("")
    assert makefile(tmp_path, "deploy:\n\trm -rf x\n") == []


def test_a_line_that_looks_like_one_of_make_is_not_taken_for_it(tmp_path: Path) -> None:
    lines = makefile(
        tmp_path, "deploy:\n\trm -rf a\n\techo b \\\nMakefile:2: target 'x' does not exist\n\trm -rf c\n"
    )
    assert lines == ["rm -rf a", "echo b \\", "Makefile:2: target 'x' does not exist", "rm -rf c"]


def test_a_shell_that_is_none_is_a_problem(tmp_path: Path) -> None:
    script = read(tmp_path, "Makefile", "SHELL := /usr/bin/python3\ndeploy:\n\tx\n")
    assert details(script) == [("Makefile:1", "the shell /usr/bin/python3 is not known")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("build:\n\tx\n", "No rule to make target 'deploy'"),
        ("deploy: none.txt\n\tx\n", "No rule to make target 'none.txt'"),
        ("deploy:\n    x\n", "Makefile:2"),
        ("deploy:\r\n\tx\r\n", "Makefile:1: Windows line ends"),
        ("include a.mk\ndeploy:\n\tx\n", "Makefile includes a.mk, which is not there"),
        ("deploy: \xff\n".encode("latin-1").decode("latin-1"), "No rule to make target"),
    ],
)
def test_what_make_cannot_read_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, "Makefile", text)
    assert said in caught.value.message


@pytest.mark.parametrize("job", ["-f/etc/passwd", "X=1", "SHELL=/bin/sh", "a\nb"])
def test_a_job_that_is_no_target_is_refused(tmp_path: Path, job: str) -> None:
    with pytest.raises(UsageError, match="is no target"):
        read(tmp_path, "Makefile", "deploy:\n\tx\n", job)


def test_a_makefile_that_is_made_to_take_long_does_not(tmp_path: Path) -> None:
    lines = makefile(tmp_path, "x = " + "$(a)" * 5000 + "\n" + "$(a)" * 5000 + "\n" + "deploy:\n\techo\n")
    assert lines == ["echo"]


def test_a_makefile_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dry_run, "_SECONDS", 1)  # ten are for those who use it
    text = "a = xxxxxxxxxxxxxxxx\n" + "".join(
        f"{chr(98 + n)} = " + f"$({chr(97 + n)})" * 10 + "\n" for n in range(8)
    )
    with pytest.raises(UsageError, match=r"does not come to an end|\*\*\*"):
        read(tmp_path, "Makefile", text + "deploy:\n\techo $(i)\n")
