from pathlib import Path
from textwrap import dedent

import pytest

from driftaudit.errors import UsageError
from driftaudit.forms.base import FormScript
from tests.support.forms import commands, details, place_of, read

_FILE = ".github/workflows/deploy.yml"


def steps(folder: Path, text: str, *, head: str = "", job: str = "") -> FormScript:
    """Read a workflow of one job that has some steps."""
    lines = [*head.splitlines(), "jobs:", "  ship:", "    runs-on: ubuntu-latest"]
    lines += [f"    {line}" for line in job.splitlines()]
    lines += ["    steps:", *(f"      {line}" for line in dedent(text).strip().splitlines())]
    return read(folder, _FILE, "\n".join(lines) + "\n")


def test_steps_that_run_are_each_a_shell_with_the_lines_of_the_file(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        """
        - uses: actions/checkout@v4
        - run: npm ci
        - name: bring it
          run: |
            tar czf /tmp/s.tar.gz src

            ssh ubuntu@h "cd app && rm -rf src && tar xzf /tmp/s.tar.gz"
        """,
    )
    assert commands(script)[0] == "npm ci"
    assert "(\nset -e\ntar czf /tmp/s.tar.gz src\n\nssh ubuntu@h" in script.text
    assert place_of(script, "rm -rf src").endswith("deploy.yml:11")
    assert place_of(script, "npm ci").endswith("deploy.yml:6")
    assert script.folder == tmp_path
    assert not script.problems


@pytest.mark.parametrize(
    ("shell", "switches"),
    [
        ("bash", "set -eo pipefail"),
        ("sh", "set -e"),
        ("bash {0}", ":"),
        ("bash -l {0}", ":"),
        ("bash -euo pipefail {0}", "set -o pipefail; set -e; set -u"),
        ("bash --noprofile --norc -e -o pipefail {0}", "set -e; set -o pipefail"),
    ],
)
def test_the_shell_sets_what_github_sets(tmp_path: Path, shell: str, switches: str) -> None:
    script = steps(tmp_path, f"- run: true\n  shell: {shell}")
    assert f"(\n{switches}\ntrue\n)" in script.text
    assert not script.problems


@pytest.mark.parametrize("shell", ["pwsh", "python", "cmd", "perl {0}", "bash -c {0}", "bash --rcfile x {0}"])
def test_another_shell_is_a_problem(tmp_path: Path, shell: str) -> None:
    script = steps(tmp_path, f"- run: true\n  shell: {shell}")
    assert details(script) == [("deploy.yml:5", f"the shell {shell} is not read")]
    assert "true\n" not in script.text


def test_windows_has_another_shell(tmp_path: Path) -> None:
    script = read(
        tmp_path, _FILE, "jobs: {a: {runs-on: windows-latest, steps: [{run: x}, {run: y, shell: bash}]}}"
    )
    assert [detail for _where, detail in details(script)] == ["the shell pwsh is not read"]


def test_folders_and_variables_come_from_workflow_job_and_step(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        """
        - run: first
        - run: second
          working-directory: it's here
          env: {B: step, C: 1.5, D: true, E: null}
        """,
        head="env: {A: flow, B: flow}\ndefaults: {run: {working-directory: api, shell: sh}}",
        job="env: {B: 'job $X'}",
    )
    assert "export A=flow\nexport B='job $X'\n(\nset -e\ncd api\nfirst\n)" in script.text
    second = (
        "(\nset -e\ncd 'it'\\''s here'\nexport B=step\nexport C=1.5\nexport D=true\nexport E=''\nsecond\n)"
    )
    assert second in script.text


def test_expressions_are_unknown_variables_one_for_each_meaning(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        """
        - run: rm -rf ${{ secrets.DIR }}/a "${{secrets.DIR}}/b" ${{ matrix.x }} ${{ format('}}', 1) }}
          env:
            TO: "x ${{ secrets.DIR }} it's"
        """,
    )
    one, two, three = (f"${{DRIFTAUDIT_UNKNOWN_{n}}}" for n in (1, 2, 3))
    assert f'rm -rf {one}/a "{one}/b" {two} {three}' in script.text
    assert f"export TO='x '\"{one}\"' it'\\''s'" in script.text
    assert [meaning for _name, meaning in script.unknown] == ["secrets.DIR", "matrix.x", "format('}}', 1)"]


def test_expressions_mean_something_within_single_quotes_too(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        """
        - run: |
            rm -rf '${{ secrets.DIR }}/src' $'a\\t${{ secrets.DIR }}'
            ssh h bash -s <<'E'
            rm -rf '${{ secrets.DIR }}' é
            E
        """,
    )
    one = '"${DRIFTAUDIT_UNKNOWN_1}"'
    assert f"rm -rf ''{one}'/src' $'a\\t'{one}$''" in script.text
    assert f"\nrm -rf ''{one}'' é\n" in script.text


def test_a_value_that_is_written_down_stands_for_its_expression(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        "- run: cd ${{ env.ROOT }} && rm -rf ${{ env['SUB'] }} ${{ env.NONE }}",
        head="env: {ROOT: /srv/app, SUB: src}",
    )
    assert "cd /srv/app && rm -rf src ${DRIFTAUDIT_UNKNOWN_1}" in script.text


def test_what_a_step_sets_for_those_after_it_is_not_known(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        """
        - run: echo "SUB=$(date)" >> "$GITHUB_ENV"
        - run: rm -rf ${{ env.ROOT }}/${{ env.SUB }}
        - run: cat vars >> $GITHUB_ENV
        - run: rm -rf ${{ env.ROOT }}
        """,
        head="env: {ROOT: /srv/app, SUB: src}",
    )
    assert 'export SUB="${DRIFTAUDIT_UNKNOWN_1}"' in script.text
    assert "rm -rf /srv/app/${DRIFTAUDIT_UNKNOWN_1}" in script.text
    assert "rm -rf ${DRIFTAUDIT_UNKNOWN_2}\n" in script.text


def test_a_step_with_a_condition_may_run_or_not(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        """
        - run: one
          if: github.ref == 'refs/heads/main'
        - run: two
          if: false
        - run: three
          if: ${{ success() }}
        """,
    )
    assert 'if [ "${DRIFTAUDIT_UNKNOWN_1}" ]; then\n(\nset -e\none\n)\nfi\n(\nset -e\nthree\n)' in script.text
    assert "two" not in script.text


def test_a_job_with_a_condition_may_run_or_not(tmp_path: Path) -> None:
    script = steps(tmp_path, "- run: one", job="if: github.event_name == 'push'")
    assert script.text.startswith('if [ "${DRIFTAUDIT_UNKNOWN_1}" ]; then\nset -e\n')
    assert script.text.endswith("fi")
    assert steps(tmp_path, "- run: one", job="if: false").text == ""


def test_a_step_may_run_after_one_that_has_failed(tmp_path: Path) -> None:
    script = steps(
        tmp_path, "- run: one\n- run: two\n  if: failure()\n- run: three\n  if: always()\n- run: four"
    )
    assert 'if [ "$DRIFTAUDIT_FAILED" ]; then\nset +e\n(\nset -e\ntwo' in script.text
    assert "\nfi\nset +e\n(\nset -e\nthree" in script.text
    assert 'if [ ! "$DRIFTAUDIT_FAILED" ]; then\nset +e\n(\nset -e\nfour' in script.text


def test_a_failure_may_be_ignored(tmp_path: Path) -> None:
    script = steps(
        tmp_path,
        "- run: one\n  continue-on-error: true\n- run: two\n  continue-on-error: ${{ matrix.may }}",
    )
    assert "set +e\n(\nset -e\none\n)\nset -e\n" in script.text
    assert 'two\n)\n[ $? = 0 ] || [ "${DRIFTAUDIT_UNKNOWN_1}" ] || exit\nset -e' in script.text


def test_scripts_that_a_step_runs_are_written_out(tmp_path: Path) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api/package.json").write_text('{"scripts":\n {"push": "rsync -a --delete . h:app"}}')
    (tmp_path / "Makefile").write_text("ship:\n\tssh h rm -rf app/src\n")
    script = steps(tmp_path, "- run: npm run push\n  working-directory: api\n- run: make ship")
    assert place_of(script, "rsync -a --delete").endswith("api/package.json:2")
    assert place_of(script, "ssh h rm").endswith("Makefile:2")
    assert not script.problems


def test_a_makefile_that_is_refused_is_a_problem_of_the_step(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("V := $(shell date)\nship:\n\tx\n")
    script = steps(tmp_path, "- run: make ship\n- run: cd $X && npm run push")
    assert [where for where, _detail in details(script)] == ["deploy.yml:5", "deploy.yml:6"]
    assert "Makefile:1: $(shell …)" in details(script)[0][1]


def test_text_that_is_no_script_is_a_problem_at_its_line(tmp_path: Path) -> None:
    script = steps(tmp_path, "- run: |\n    fine\n    echo 'x\n- run: after")
    assert details(script)[0][0] == "deploy.yml:7"
    assert commands(script) == ["after"]


def test_what_is_not_read_is_said_with_its_place(tmp_path: Path) -> None:
    text = """\
    jobs:
      deploy:
        container: node:20
        steps:
          - uses: ./.github/actions/ship
          - uses: docker://alpine
          - uses: some/one@v1
          - uses: actions/checkout@v4
            with: {repository: other/one, path: sub}
          - uses: actions/download-artifact@v4
            with: {path: dist}
      other:
        uses: ./.github/workflows/b.yml
    """
    script = read(tmp_path, _FILE, dedent(text))
    assert [where for where, _detail in details(script)] == [
        f"deploy.yml:{n}" for n in (3, 5, 6, 7, 8, 8, 10)
    ]
    assert [problem.may_touch for problem in script.problems] == [True] * 6 + [False]
    other = read(tmp_path, _FILE, dedent(text), "other")
    assert details(other) == [
        ("deploy.yml:12", "the workflow ./.github/workflows/b.yml, which it runs, is not read")
    ]


def test_after_an_unknown_action_no_variable_is_known(tmp_path: Path) -> None:
    script = steps(tmp_path, "- uses: some/one@v1\n- run: rm -rf ${{ env.A }}", head="env: {A: /srv}")
    assert "rm -rf ${DRIFTAUDIT_UNKNOWN_1}" in script.text


def test_texts_that_are_made_to_take_long_do_not(tmp_path: Path) -> None:
    script = steps(tmp_path, "- run: echo ${{ " + "'a'" * 3000 + '\n  if: "${{ ' + "'a'" * 3000 + '"')
    assert "no script for bash" in details(script)[0][1]


@pytest.mark.parametrize(
    ("text", "job", "said"),
    [
        ("jobs: {a: {steps: []}, b: {steps: []}}", None, "has no job 'deploy'"),
        ("jobs: {a: {steps: []}}", "b", "has no job 'b'"),
        ("stages: [x]", None, "has no jobs"),
        ("jobs: [a]", None, "is no mapping"),
        ("jobs: {a: x}", None, "is no mapping"),
        ("jobs: {a: {steps: {}}}", None, "is no list of up to 500 steps"),
        ("jobs: {a: {steps: [x]}}", None, "is no mapping"),
        ("jobs: {a: {steps: [{run: [x]}]}}", None, "is no plain text"),
        ("jobs: {a: {steps: [{env: x}]}}", None, "is no mapping"),
        ("jobs: &a\n  b: *a", None, "anchors and aliases"),
        ("jobs: {a: {steps: [", None, "not YAML"),
        ("jobs: " + "[" * 60 + "]" * 60, None, "nested more than"),
        ("x: '" + "y" * (1 << 20) + "'", None, "larger than 1 MiB"),
        ("", None, "empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error(
    tmp_path: Path, text: str, job: str | None, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, _FILE, text, job)
    assert said in caught.value.message
    assert "deploy.yml" in caught.value.message


def test_a_job_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, _FILE, "jobs: {build: {}, 'sh\\u0007ip': {}}")
    assert "build, " in caught.value.advice
    assert caught.value.advice.isprintable()


@pytest.mark.parametrize(
    ("job", "detail"),
    [
        ("{runs-on: ubuntu-latest}", "it has no steps: what deploys must be elsewhere"),
        ("{runs-on: ubuntu-latest, steps: []}", "it has no steps: what deploys must be elsewhere"),
        (
            "{runs-on: ubuntu-latest, if: false, steps: [{run: x}]}",
            "its condition never holds: it does nothing at all",
        ),
        (
            "{runs-on: [self-hosted, linux], steps: [{run: x}]}",
            "it runs on ['self-hosted', 'linux']: that may be the target itself, which is not looked at",
        ),
    ],
)
def test_a_job_that_may_do_nothing_to_what_is_looked_at_is_said(
    tmp_path: Path, job: str, detail: str
) -> None:
    script = read(tmp_path, _FILE, f"jobs: {{a: {job}}}")
    assert [(problem.may_touch, problem.detail) for problem in script.problems] == [(True, detail)]
