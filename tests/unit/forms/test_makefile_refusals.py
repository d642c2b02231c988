"""No makefile makes us run or write anything: what would is refused, by file and line."""

import contextlib
from pathlib import Path

import pytest

from driftaudit.errors import UsageError
from driftaudit.forms.dry_run import dry_run
from tests.support.forms import read

_END = "\ndeploy: x\n\techo hi\nx:\n"
_SNEAKY = {
    "shell": "V := $(shell touch evil)",
    "shell in braces": "V := ${shell touch evil}",
    "shell in a recipe": "deploy:\n\techo $(shell touch evil)",
    "shell in a recipe's comment": "deploy:\n\t# $(shell touch evil)",
    "shell over two lines": "V := $(shell \\\n touch evil)",
    "shell after a doubled dollar": "V := $$$(shell touch evil)",
    "shell by call": "V := $(call shell,touch evil)",
    "a name that is computed": "F = shell\nV := $(call $(F),touch evil)",
    "a name that is computed late": "F = ell\nV := $(call sh$(F),touch evil)",
    "shell assignment": "V != touch evil",
    "shell assignment after a tab": "\tV != touch evil",
    "shell assignment after a skipped rule": "ifdef NEVER\nfoo:\nendif\n\tV != touch evil",
    "shell assignment for a target": "deploy: V != touch evil\ndeploy: ; echo $(V)",
    "shell assignment in a define": "define V !=\ntouch evil\nendef\ny := $(V)",
    "eval": "$(eval V != touch evil)",
    "file": "$(file >evil,x)",
    "file by call": "V := $(call file,>evil,x)",
    "guile": '$(guile (system "touch evil"))',
    "load": "load evil.so",
    "optional load": "-load evil.so",
    "plus": "deploy:\n\t+touch evil",
    "plus behind others": "deploy:\n\t@ -+touch evil",
    "plus on the line of the rule": "deploy: ; +touch evil",
    "plus in a define": "define V\n+touch evil\nendef\ndeploy: ; $(V)",
    "make itself": "deploy:\n\t$(MAKE) -C sub; touch evil",
    "make in braces": "deploy:\n\tcd sub && ${MAKE}; touch evil",
    "make's own files": "Makefile: force\n\ttouch evil\nforce:",
    "make's own files by a pattern": "%file: force\n\ttouch evil\nforce:",
    "an included file is made": "-include none.mk\nnone.mk:\n\ttouch evil",
    "an included file by a variable": "F = a.mk\ninclude $(F)",
    "an included file by a pattern": "include *.mk",
    "an included file that shells": "include sub.mk",
    "another prefix": ".RECIPEPREFIX = >\ndeploy:\n>+touch evil",
    "second expansion": ".SECONDEXPANSION:\ndeploy: $$(shell touch evil)",
    "flags": "MAKEFLAGS += --eval=X!=touch\\ evil",
    "another shell": "override SHELL = /bin/sh",
    "another shell, computed": "N = SHELL\noverride $(N) = /bin/sh",
    "another shell for a target": "deploy: override SHELL = /bin/sh",
    "info, which prints among the commands": "$(info rm -rf /)",
}


@pytest.mark.parametrize("name", list(_SNEAKY))
def test_a_makefile_that_would_run_something_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub.mk").write_text("X := $(shell touch evil)\n")
    with pytest.raises(UsageError, match=r"\.mk|Makefile") as caught:
        read(tmp_path, "Makefile", _SNEAKY[name] + _END)
    assert ":" in caught.value.message
    assert not (tmp_path / "evil").exists()


_HIDDEN = {
    "plus by a variable": "P = +\ndeploy:\n\t$(P)touch evil",
    "plus by a function": "deploy:\n\t$(subst a,+,a)touch evil",
    "plus by a target's variable": "deploy: P = +\ndeploy:\n\t$(P)touch evil",
    "plus on a line that is made": "define NL\n\n\nendef\ndeploy:\n\t$(subst |,$(NL),a|+touch evil)",
    "a makefile made by an implicit rule": "%.mk: %.in\n\ttouch evil\n-include sub.mk",
}


@pytest.mark.parametrize("name", list(_HIDDEN))
def test_what_hides_from_the_eye_finds_no_shell(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub.in").write_text("")
    with pytest.raises(UsageError, match=r"make would run something|a rule that makes a makefile"):
        read(tmp_path, "Makefile", _HIDDEN[name] + "\n")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("name", [name for name in _SNEAKY if name not in ("file", "file by call")])
def test_without_the_refusals_there_is_still_no_shell(tmp_path: Path, name: str) -> None:
    if "SHELL" in _SNEAKY[name]:
        return
    path = tmp_path / "Makefile"
    path.write_text(_SNEAKY[name] + _END)
    with contextlib.suppress(UsageError):
        dry_run(path, ("deploy",), {})
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(
    "text",
    [
        'deploy:\n\tif [ "$$a" != "$$b" ]; then echo; fi',
        "# $(shell date)\n  # V != x\ndeploy:\n\techo",
        "deploy:\n\techo $$(shell x) $$((1 + 1))",
        "V += 1\nMAKEFLAGS += --no-print-directory -s\ndeploy:\n\techo a + b $(V)",
        "override V = 1\ndeploy:\n\techo $(V)",
        "f = echo $(1)\ndeploy:\n\t$(call f,x)",
        "deploy:\n\techo $(MAKEFILE_LIST) include this && load",
        "ifneq ($(X),!=)\nendif\ndeploy:\n\techo $(shellish)",
    ],
)
def test_what_only_looks_like_it_is_read(tmp_path: Path, text: str) -> None:
    assert "echo" in read(tmp_path, "Makefile", text + "\n").text
