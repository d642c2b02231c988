"""What is read from makefiles and package.json files, run for real, does what make and npm do."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftaudit.errors import UsageError
from driftaudit.forms.registry import read_form
from tests.support.forms import check, files_below, run
from tests.support.programs import program

Written = Callable[[Path], None]


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH",)}
    npm = {"npm_config_update_notifier": "false", "npm_config_audit": "false", "npm_config_offline": "true"}
    return {**kept, **npm, "HOME": str(home), "LC_ALL": "C"}


def _same_as(
    command: list[str], tmp: Path, write: Written, name: str, job: str
) -> tuple[int, Mapping[str, bytes]]:
    """Run a form by its own program and as it was read, each in a folder, and compare what comes of it."""
    real, ours, home = tmp / "real", tmp / "ours", tmp / "home"
    for folder in (real, ours, home):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    write(real)
    write(ours)
    script = read_form(ours / name, job)
    check(script)
    assert not script.problems
    assert files_below(ours) == files_below(real), "reading it has changed something"
    expected = run(command, real, _environment(home))
    found = run([program("bash"), "-c", script.text], ours, _environment(home))
    assert files_below(ours) == files_below(real), script.text
    assert (found == 0) == (expected == 0), script.text
    return expected, files_below(real)


_MAKEFILES = {
    "a folder does not carry over": "deploy:\n\tcd src\n\ttouch here\n\tcd src && touch there\n",
    "it stops at a failure": "deploy: first\n\ttouch never\nfirst:\n\ttouch a\n\tfalse\n\ttouch b\n",
    "a failure that is ignored": "deploy:\n\t-rm none\n\t@-false\n\t- @false\n\ttouch a\n",
    "a failure that is ignored by a variable": "D = -\nQ = @\ndeploy:\n\t$(Q)-false\n\t$(Q)touch a\n",
    "within a line it goes on": "deploy:\n\tfalse; touch a\n\tfalse || touch b\n\ttrue && exit 0; touch c\n",
    "lines that go on": "deploy:\n\tfor x in a b; do \\\n\t  touch $$x; \\\n\tdone\n\techo 'a\\\n\tb' > c\n",
    "what make fills in": "out/%: src/%\n\t@mkdir -p $(@D)\n\tcp $< $@\n"
    "\techo '$^ $*' >> $@\ndeploy: out/a out/b\n"
    "",
    "functions": "F := $(patsubst src/%,%.x,$(wildcard src/*))\ndeploy:\n\ttouch $(sort $(F)) $(words $(F))\n"
    "",
    "a defined recipe": "define go\ntouch a\n@-false\ntouch b\nendef\ndeploy:\n\t$(go)\n\ttouch c\n",
    "a called recipe": "go = touch $(1) && touch $(2)\ndeploy:\n\t$(call go,a,b)\n",
    "one shell": ".ONESHELL:\ndeploy:\n\tcd src\n\tfalse\n\ttouch here\n\tx=$$PWD; touch y\n",
    "one shell that stops": ".ONESHELL:\n.SHELLFLAGS = -ec\ndeploy:\n\tcd src\n\tfalse\n\ttouch here\n",
    "shell flags": "SHELL = /bin/bash\n.SHELLFLAGS = -eu -o pipefail -c\ndeploy:\n"
    "\ttouch a; false | cat; touch b\n",
    "here-documents": ".ONESHELL:\ndeploy:\n\tcat > a <<'E'\n\t$$x `y` (\n\tE\n\ttouch b\n",
    "variables of the shell": "V = 'make'\ndeploy:\n\tV=shell; echo $(V) $$V $${V}s '$$V' > a\n",
    "comments": "deploy:\n\t# touch x $$(( \n\ttouch a # it's\n\t: # '\n\ttouch b\n",
    "one line": "deploy: src/a; touch a; touch b\n\ttouch c\n",
    "conditions": "ifdef NONE\nX = a\nelse\nX = b\nendif\ndeploy:\n"
    "ifeq ($(X),b)\n\ttouch b\nelse\n\ttouch a\n"
    "endif\n",
    "targets that are there": "deploy: src/a new\n\ttouch done\nsrc/a:\n\ttouch never\nnew:\n\ttouch new\n",
    "another target": "deploy:\n\tmake other && touch a\nother:\n\t-false\n\ttouch o\n",
    "exit": "deploy:\n\ttouch a; exit 3\n\ttouch b\n",
    "the folder of the makefile": "deploy:\n\techo $(notdir $(CURDIR)) > /dev/null\n"
    "\ttouch '$(MAKEFILE_LIST)x'\n"
    "",
    "the incident": "deploy:\n\ttar czf s.tgz src\n\tmkdir -p app && cp -r src app && touch app/src/only\n"
    "\tcd app && rm -rf src && tar xzf ../s.tgz\n",
}


def _makefile(text: str) -> Written:
    def write(folder: Path) -> None:
        (folder / "src").mkdir()
        (folder / "src/a").write_text("a")
        (folder / "src/b").write_text("b")
        (folder / "Makefile").write_text(text)

    return write


@pytest.mark.parametrize("name", list(_MAKEFILES))
def test_a_target_does_what_make_does(tmp_path: Path, name: str) -> None:
    command = [program("make"), "--no-print-directory", "deploy"]
    _same_as(command, tmp_path, _makefile(_MAKEFILES[name]), "Makefile", "deploy")


_COMMANDS = st.sampled_from(
    [
        *(
            "touch a",
            "touch b/c",
            "mkdir b",
            "mkdir -p d/e",
            "rm a",
            "rm -rf b",
            "rm -rf d",
            "false",
            "true",
            "exit 1",
        ),
        *(
            "cd b",
            "cd b && touch x",
            "echo $(V) >> a",
            "echo $$V > b",
            "cp -r src d",
            "mv a d/",
            "(cd d; touch y)",
        ),
        *(
            "V=1; touch $${V}z",
            "touch $@ $(W)",
            "if test -e a; then rm a; else touch a; fi",
            "# nothing",
            "exit 0",
        ),
        "rm -rf src && \\\n\t  touch gone",
        "for f in src/*; do \\\n\t  cp $$f . || exit 1; \\\n\tdone",
    ]
)
_LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "@", "-", "@-", "- @", "$(Q)"]), st.lists(_COMMANDS, min_size=1, max_size=3)
    ),
    max_size=5,
)
_JOINTS = st.sampled_from(["; ", " && ", " || "])


@st.composite
def _makefiles(draw: st.DrawFn) -> str:
    head = draw(st.sampled_from(["", ".ONESHELL:\n", "SHELL = /bin/bash\n.SHELLFLAGS = -e -c\n"]))
    text = f"{head}V = v w\nW := one\nQ = @\n.PHONY: deploy first second\n"
    for target, needs in (("deploy", "first second"), ("first", ""), ("second", "first")):
        recipe = []
        for prefix, commands in draw(_LINES):
            joint = draw(_JOINTS)
            plain = [command for command in commands if not command.startswith("#")]
            recipe.append(f"\t{prefix}{joint.join(plain) or commands[0]}\n")
        text += f"{target}: {needs}\n{''.join(recipe)}"
    return text


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_makefiles())
def test_any_target_does_what_make_does(tmp_path: Path, text: str) -> None:
    command = [program("make"), "--no-print-directory", "deploy"]
    _same_as(command, tmp_path, _makefile(text), "Makefile", "deploy")


_PACKAGES: dict[str, dict[str, str]] = {
    "around it": {"predeploy": "touch a", "deploy": "test -e a && touch b", "postdeploy": "touch c"},
    "it stops before": {"predeploy": "touch a; false", "deploy": "touch b"},
    "it stops after": {"deploy": "touch b; exit 2", "postdeploy": "touch c"},
    "another": {"deploy": "npm run push && touch b", "push": "touch a"},
    "another that fails": {"deploy": "npm run push && touch b; touch c", "push": "touch a; false; false"},
    "arguments": {
        "deploy": "npm run push -- -x 'a b' \"$npm_package_version\"",
        "push": "printf '%s\\n' > out",
    },
    "arguments without dashes": {"deploy": "npm run push a 'b c'", "push": "touch", "prepush": "touch p"},
    "a variable before it": {"deploy": "X='a b' Y=c npm run push; touch \"n$X\"", "push": 'touch "$X" "$Y"'},
    "what is not exported": {"deploy": "X=a; npm run push", "push": 'touch "x$X"'},
    "a folder does not carry over": {"deploy": "npm run go; touch a", "go": "cd src; touch b"},
    "a folder below": {"deploy": "cd sub && npm run push && touch b"},
    "a folder below, apart": {"deploy": "(cd sub; npm run push); npm run push", "push": "touch p"},
    "no folder of its own": {"deploy": "cd src && npm run push", "push": "touch p"},
    "the name of the script": {
        "deploy": "npm run push",
        "push": "touch $npm_lifecycle_event",
        "prepush": "npm t",
        "test": "touch $npm_lifecycle_event$npm_package_name",
    },
    "if it is there": {
        "deploy": "npm run none --if-present && npm run --if-present push",
        "push": "touch p",
    },
    "not to be found": {"deploy": "false || touch a; exit 0 # npm run push"},
    "in a condition": {
        "deploy": "if npm run -s push; then touch a; else touch b; fi",
        "push": "touch p; false",
    },
    "output": {"deploy": "x=$(npm run -s push); touch \"$x\"; npm run -s push | cat > o", "push": "echo hi"},
    "errexit": {"deploy": "set -e; npm run push; touch b", "push": "false; touch a"},
    "makefile": {"deploy": "npm run push && make ship", "push": "touch p"},
}  # fmt: skip


def _package(scripts: Mapping[str, str]) -> Written:
    def write(folder: Path) -> None:
        _makefile("ship:\n\ttouch s\n\tcd src && touch t\n")(folder)
        (folder / "sub").mkdir()
        below = {
            "name": "sub",
            "version": "2.0.0",
            "scripts": {"push": "touch $npm_package_name; pwd > /dev/null"},
        }
        (folder / "sub/package.json").write_text(json.dumps(below))
        package = {"name": "app", "version": "1.2.3", "scripts": scripts}
        (folder / "package.json").write_text(json.dumps(package, indent="\t"))

    return write


@pytest.mark.parametrize("name", list(_PACKAGES))
def test_a_script_does_what_npm_does(tmp_path: Path, name: str) -> None:
    command = [program("npm"), "run", "deploy"]
    _same_as(command, tmp_path, _package(_PACKAGES[name]), "package.json", "deploy")


def test_reading_a_makefile_writes_nothing_at_all(tmp_path: Path) -> None:
    _makefile("deploy: x.o\n\ttouch a\n%.o: %.c\n\ttouch $@\nx.c:\n\ttouch x.c\n")(tmp_path)
    before = files_below(tmp_path)
    assert "touch x.c" in read_form(tmp_path / "Makefile").text
    with pytest.raises(UsageError):
        read_form(tmp_path / "Makefile", "none")
    assert files_below(tmp_path) == before
