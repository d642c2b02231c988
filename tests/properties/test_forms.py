"""Whatever the texts in a form are, what comes of it is one script."""

import json
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from driftaudit.forms.base import FormScript, Passage
from driftaudit.forms.expressions import pattern, word
from driftaudit.forms.registry import read_form
from driftaudit.forms.shell import parsed, quoted
from driftaudit.shfmt import ShellSyntaxError
from tests.support.forms import is_bash, run
from tests.support.programs import program

_TEXTS = st.lists(
    st.sampled_from(
        [
            *(
                "rm -rf x",
                "echo",
                "'",
                '"',
                "\\",
                "\n",
                " ",
                "(",
                ")",
                "{ ",
                "; }",
                "$(",
                "`",
                "#",
                "&&",
                "||",
                "|",
                ";",
            ),
            *(
                "<<E",
                "<<'E'",
                "<<-E",
                "E",
                "${{ secrets.X }}",
                "'${{ env.A }}'",
                "${{",
                "}}",
                "$",
                "\t",
                "&",
                "!",
            ),
            *(
                "if x; then",
                "fi",
                "for x in a b; do",
                "done",
                "case x in",
                "a)",
                ";;",
                "esac",
                "f() {",
                "}",
                "[[",
                "]]",
            ),
            *(
                "npm run a",
                "npm run b -- x",
                "cd sub",
                "make x",
                "é",
                "\r",
                "\u2028",
                "=",
                "x=1",
                "((",
                "))",
                "npm test",
            ),
        ]
    ),
    max_size=14,
).map(" ".join)
_RAW = st.text(
    st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"], exclude_characters="\0"), max_size=40
)
_SETTINGS = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _accepted(text: str) -> bool:
    try:
        parsed(text)
    except ShellSyntaxError:
        return False
    return True


def _holds(script: FormScript, *texts: str) -> None:
    """Fail unless the script is one, and valid for bash as well where all of the texts are."""
    assert len(script.places) == script.text.count("\n") + 1
    assert _accepted(script.text), script.text
    if all(is_bash(text) for text in texts):
        assert is_bash(script.text), script.text


@_SETTINGS
@example(text="echo \\")
@example(text="echo \\\\")
@example(text="cat <<E")
@example(text="# it's")
@example(text="x &")
@example(text=") ; rm -rf / ; (")
@given(text=_TEXTS | _RAW)
def test_any_step_leaves_the_job_a_script(tmp_path: Path, text: str) -> None:
    (tmp_path / "package.json").write_text(
        '{"scripts": {"a": "rm a # x", "b": "npm run a; f() { x; }", "test": "echo \\""}}'
    )
    steps = [{"run": "before"}, {"run": text, "if": text, "env": {"A": text}, "continue-on-error": text}]
    steps.append({"uses": "appleboy/ssh-action@v1", "with": {"host": text, "script": text, "envs": "A"}})
    path = tmp_path / "flow.yml"
    path.write_text(json.dumps({"jobs": {"a": {"env": {"B": text}, "steps": [*steps, {"run": "after"}]}}}))
    script = read_form(path)
    _holds(script, text.replace("${{", "").replace("}}", ""))
    assert "\nbefore\n" in script.text
    assert "\nafter\n" in script.text


@_SETTINGS
@given(text=_TEXTS | _RAW, before=_TEXTS)
def test_any_script_of_a_package_leaves_the_text_a_script(tmp_path: Path, text: str, before: str) -> None:
    path = tmp_path / "package.json"
    path.write_text(json.dumps({"scripts": {"deploy": text, "predeploy": before, "a": before, "b": text}}))
    script = read_form(path)
    _holds(script, text, before)
    if not _accepted(text):
        assert any("no script for bash" in problem.detail for problem in script.problems)


@_SETTINGS
@given(text=_RAW)
def test_a_quoted_text_is_one_word_and_itself(text: str) -> None:
    for found in (quoted(text), word(text), pattern(text.translate(str.maketrans("", "", "*?[]")))):
        tree = parsed(f"x {found or chr(39) * 2}")
        (call,) = tree.root["Stmts"]
        assert len(call["Cmd"]["Args"]) == 2


def test_a_quoted_text_is_what_the_shell_reads(tmp_path: Path) -> None:
    text = 'it\'s "a" $x `y` \\ \n # * ${DRIFTAUDIT_OTHER} é\t'
    assert run([program("bash"), "-c", f'test {word(text)} = "$T"'], tmp_path, {"T": text}) == 0


@given(
    before=st.text("a\n", max_size=8),
    inner=st.text("b\n", max_size=8),
    after=st.text("c\n", max_size=8),
    cut=st.text("d\n", max_size=4),
)
def test_each_line_of_a_replaced_passage_has_a_place(before: str, inner: str, after: str, cut: str) -> None:
    def of(text: str, name: str) -> Passage:
        return Passage(text, tuple(f"{name}:{n}" for n in range(text.count("\n") + 1)))

    outer = of(before + cut + after, "outer")
    found = outer.replaced(len(before), len(before) + len(cut), of(inner, "inner"))
    assert found.text == before + inner + after
    assert len(found.places) == found.text.count("\n") + 1
    assert found.places[: before.count("\n")] == outer.places[: before.count("\n")]
    ends = after.count("\n")
    assert not ends or found.places[-ends:] == outer.places[-ends:]
