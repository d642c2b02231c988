import json
from pathlib import Path

import pytest

from driftaudit.errors import UsageError
from tests.support.forms import commands, details, place_of, read


def package(folder: Path, scripts: dict[str, str], name: str = "package.json", **more: object) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"name": "app", "version": "1.2.3", **more, "scripts": scripts}, indent=2))
    return path.read_text()


def test_a_script_is_the_text_with_the_line_it_stands_in(tmp_path: Path) -> None:
    line = "cd api && tar czf /tmp/s.tar.gz src && ssh h 'cd app && rm -rf src && tar xzf /tmp/s.tar.gz'"
    script = read(tmp_path, "package.json", package(tmp_path, {"build": "x", "deploy": line}))
    assert commands(script) == [line]
    assert place_of(script, "rm -rf src").endswith("package.json:6")
    assert script.folder == tmp_path
    assert not script.problems


def test_pre_and_post_scripts_run_around_it_as_npm_runs_them(tmp_path: Path) -> None:
    scripts = {"postdeploy": "c", "deploy": "b", "predeploy": "a", "preother": "not"}
    assert commands(read(tmp_path, "package.json", package(tmp_path, scripts))) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "call",
    ["npm run push", "npm run-script push", "npm run -s push", "yarn push", "yarn run push", "pnpm push"],
)
def test_calls_of_other_scripts_are_written_out(tmp_path: Path, call: str) -> None:
    script = read(
        tmp_path, "package.json", package(tmp_path, {"deploy": f"{call} && echo", "push": "rsync a b:"})
    )
    assert "rsync a b:" in commands(script)
    assert not script.problems


def test_arguments_go_to_the_script_and_not_to_what_runs_around_it(tmp_path: Path) -> None:
    scripts = {"deploy": "npm run push -- --delete 'a b'", "push": "rsync", "prepush": "echo"}
    assert commands(read(tmp_path, "package.json", package(tmp_path, scripts)))[:3] == [
        "echo",
        "rsync --delete 'a b'",
    ]


def test_whether_yarn_and_pnpm_run_pre_scripts_is_left_open(tmp_path: Path) -> None:
    script = read(
        tmp_path,
        "package.json",
        package(tmp_path, {"deploy": "yarn push", "prepush": "rm -rf x", "push": "y"}),
    )
    assert '{ [ ! "${DRIFTAUDIT_UNKNOWN_1}" ] ||' in script.text
    assert script.unknown == (("DRIFTAUDIT_UNKNOWN_1", "whether yarn runs pre and post scripts"),)


def test_what_npm_tells_of_the_package_is_set(tmp_path: Path) -> None:
    text = package(tmp_path, {"deploy": "x"}, config={"to": "/srv/it's"})
    script = read(tmp_path, "package.json", text)
    assert "npm_lifecycle_event=deploy npm_package_name=app npm_package_version=1.2.3" in script.text
    assert "npm_package_config_to='/srv/it'\\''s'" in script.text


def test_a_script_of_a_folder_below_runs_there(tmp_path: Path) -> None:
    package(tmp_path, {"push": "rsync . h:"}, "api/package.json")
    script = read(
        tmp_path, "package.json", package(tmp_path, {"deploy": "cd api && npm run push; npm run push"})
    )
    assert commands(script).count("rsync . h:") == 2
    assert place_of(script, "rsync").endswith("api/package.json:5")


def test_a_folder_without_its_own_package_runs_the_one_above(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    script = read(
        tmp_path, "package.json", package(tmp_path, {"deploy": "(cd src; npm run push)", "push": "rsync"})
    )
    assert "cd .. || exit" in commands(script)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("npm run deploy", "it runs itself"),
        ("npm run none", "there is no script 'none'"),
        ("npm run $WHAT", "depends on a variable"),
        ("npm run -w api push", "leads to another package"),
        ("npm --prefix api run push", "leads to another package"),
        ("yarn workspace api push", "leads to other packages"),
        ("npm run push --dry-run", "--dry-run is an option that is not known here"),
        ("cd $X && npm run push", "the folder that it runs in is not known"),
        ("if x; then cd a; fi; npm run push", "the folder that it runs in is not known"),
        ("sudo npm run push", "it may run a script"),
        ("concurrently 'npm run push' b", "it may run a script"),
        ("x=`npm run push`", "it stands in backquotes"),
        ("yarn up", "may be a command of the program's own"),
        ("make push", "there is no makefile"),
    ],
)
def test_what_cannot_be_followed_is_said(tmp_path: Path, line: str, reason: str) -> None:
    script = read(tmp_path, "package.json", package(tmp_path, {"push": "rsync", "deploy": line, "up": "x"}))
    assert [where for where, detail in details(script) if reason in detail] == ["package.json:6"]
    assert all(problem.may_touch for problem in script.problems)


@pytest.mark.parametrize(
    "line",
    [
        "npm ci",
        "npm install",
        "yarn",
        "pnpm install",
        "npx tsc",
        "npm run",
        "ssh h 'npm run push'",
        "echo npm",
    ],
)
def test_what_runs_no_script_stays_as_it_is(tmp_path: Path, line: str) -> None:
    script = read(tmp_path, "package.json", package(tmp_path, {"push": "rsync", "deploy": line}))
    assert commands(script) == [line]
    assert not script.problems


def test_scripts_that_run_each_other_without_end_come_to_one(tmp_path: Path) -> None:
    scripts = {"deploy": "npm run s0"} | {f"s{n}": f"npm run s{n + 1}; npm run s{n + 1}" for n in range(30)}
    script = read(tmp_path, "package.json", package(tmp_path, scripts | {"s30": "x"}))
    assert any("come to no end" in detail for _where, detail in details(script))


def test_scripts_that_grow_without_end_come_to_one(tmp_path: Path) -> None:
    scripts = {"deploy": "npm run big; " * 100, "big": f"echo {'x' * 100_000}"}
    script = read(tmp_path, "package.json", package(tmp_path, scripts))
    assert any("come to no end" in detail for _where, detail in details(script))


@pytest.mark.parametrize(
    "text", ["(" * 2000 + "x" + ")" * 2000, "x && " * 800 + "y", "$(" * 500 + "x" + ")" * 500, "x" * 300_000]
)
def test_a_script_that_is_too_deep_or_too_long_is_a_problem(tmp_path: Path, text: str) -> None:
    script = read(tmp_path, "package.json", package(tmp_path, {"deploy": text}))
    assert any("no script for bash" in detail for _where, detail in details(script))


def test_a_script_that_is_none_is_a_problem_and_not_in_the_text(tmp_path: Path) -> None:
    script = read(tmp_path, "package.json", package(tmp_path, {"predeploy": "echo 'x", "deploy": "rm -rf y"}))
    assert commands(script) == ["rm -rf y"]
    assert details(script)[0][0] == "package.json:5"
    assert "no script for bash" in details(script)[0][1]


def test_a_carriage_return_in_a_script_is_said(tmp_path: Path) -> None:
    script = read(tmp_path, "package.json", package(tmp_path, {"deploy": "rm -rf a\r\nrm b"}))
    assert "Windows line ends" in details(script)[0][1]


def test_lines_are_those_of_the_names_whatever_else_is_called_scripts(tmp_path: Path) -> None:
    text = (
        '{"a": {"scripts": {"deploy": "no"}}, "b": ["{", ":"],\n\t"scripts": {\n\t"d\\u0065ploy"\n: "yes"}}'
    )
    script = read(tmp_path, "package.json", text)
    assert commands(script) == ["yes"]
    assert place_of(script, "yes").endswith("package.json:4")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{\n bad", "package.json:2:2: not JSON"),
        ("[" * 100_000, "no package.json: RecursionError"),
        ("[]", "its scripts are no object"),
        ('{"scripts": []}', "its scripts are no object"),
        ('{"scripts": {"a": "b"}}', "has no script 'deploy'"),
        ("", "not JSON"),
        ('{"x": "' + "y" * (1 << 20) + '"}', "larger than 1 MiB"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=r"package\.json") as caught:
        read(tmp_path, "package.json", text)
    assert said in caught.value.message


def test_other_files_are_refused(tmp_path: Path) -> None:
    for name in ("deploy.py", ".gitlab-ci.toml"):
        with pytest.raises(UsageError, match="none of the forms"):
            read(tmp_path, name, "x")


@pytest.mark.parametrize("line", ["npm ci", "npm install", "yarn", "yarn install", "pnpm i"])
def test_an_installation_runs_the_scripts_of_its_own_package(tmp_path: Path, line: str) -> None:
    scripts = {"deploy": line, "postinstall": "ssh h rm a", "prepare": "ssh h rm b", "preinstall": "x"}
    found = commands(read(tmp_path, "package.json", package(tmp_path, scripts)))
    assert found[-4:] == [f"{line} --ignore-scripts", "x", "ssh h rm a", "ssh h rm b"]


@pytest.mark.parametrize("line", ["npm ci --ignore-scripts", "npm install left-pad"])
def test_an_installation_that_runs_none_stays_as_it_is(tmp_path: Path, line: str) -> None:
    scripts = {"deploy": line, "postinstall": "ssh h rm a"}
    assert commands(read(tmp_path, "package.json", package(tmp_path, scripts))) == [line]
