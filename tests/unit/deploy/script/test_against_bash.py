"""Scripts that random ones showed to be told wrongly once: bash is asked again what each of them does."""

import pytest

from tests.properties.test_script_oracle import compared
from tests.support.shell_sandbox import Tree
from tests.support.shell_scripts import Case

PACKED: Tree = {"src/c/k/f": "1\n", "t/": ""}


@pytest.mark.parametrize(
    "script",
    [
        "cd t; ln -s . c; tar cf - c | tar xf - -C c",
        "cd t; mkdir c; ln -s . c/c; tar cf - c/c | tar xf - -C c/c",
        "cd t; mkdir c; ln -s . c/c; tar cf - -C ../src c/k | tar xf - -C c/c",
        "mkdir -p t/c x/c/c; ln -s . t/c/c; tar cf - -C x c | tar xf - -C t/c",
        "mkdir -p t/c x/c; echo 2 > x/c/c; ln -s . t/c/c; tar cf - -C x c/c | tar xf - -C t/c",
        "mkdir -p t/c x/c; >x/c/c; ln -s . t/c/c; (cd x; zip -q ../z.zip c/c); unzip -qo z.zip -d t/c",
    ],
)
def test_a_link_that_leads_to_its_own_name_is_replaced_and_the_way_made_anew(script: str) -> None:
    assert compared(Case(script, PACKED, {}), script) == "compared"


@pytest.mark.parametrize("in_the_way", ["echo 2 > t/c", "ln -s no t/c", "echo 2 > t/g; ln -s g t/c"])
@pytest.mark.parametrize(
    "unpack",
    [
        "(cd src; zip -qr ../z.zip c); unzip -qo z.zip -d t",
        "tar cf - -C src c | tar xf - -C t",
        "tar cf - -C src c | tar xf - -C t --keep-directory-symlink",
    ],
)
def test_what_lies_in_the_way_of_a_folder(in_the_way: str, unpack: str) -> None:
    script = f"{in_the_way}\n{unpack}"
    assert compared(Case(script, PACKED, {}), script) == "compared"
