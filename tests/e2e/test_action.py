"""The action for GitHub and the template for GitLab: held against their schemas, their steps run by bash."""

import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from driftaudit.incident import Incident, build_incident
from tests.support.programs import program

TOP = Path(__file__).parents[2]
ACTION = yaml.safe_load((TOP / "action.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}
GITLAB = yaml.safe_load((TOP / "ci" / "gitlab.yml").read_text())
PAGE = (TOP / "docs" / "ci.md").read_text()
WORKFLOW, _WITH, PIPELINE = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@dataclass
class Runner:
    """What GitHub gives a step: files to write to, and the inputs as variables, by what action.yml says."""

    folder: Path
    working_directory: Path
    inputs: dict[str, str]
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""

    def run(self, name: str) -> int:
        """Run one step as GitHub does, and return its exit code; `outputs` are then what it has set."""
        step = STEPS[name]
        for file in ("output", "summary"):
            (self.folder / file).touch()
        script = self.folder / "script.sh"
        script.write_text(step["run"])
        shell = [program("bash"), "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        done = subprocess.run(
            shell,
            cwd=self.working_directory,
            capture_output=True,
            env={**os.environ, **self._variables(step)},
        )
        self.log += os.fsdecode(done.stdout) + os.fsdecode(done.stderr)
        lines = (self.folder / "output").read_text().splitlines()
        self.outputs = dict(line.split("=", 1) for line in lines)
        return done.returncode

    def _variables(self, step: dict[str, Any]) -> dict[str, str]:
        given = {name: self._evaluated(value) for name, value in step["env"].items()}
        files = {
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }
        return {**given, **files, "RUNNER_TEMP": str(self.folder)}

    def _evaluated(self, value: str) -> str:
        (expression,) = re.fullmatch(r"\$\{\{ (\S+) \}\}", value).groups()  # type: ignore[union-attr]
        kind, _, name = expression.rpartition(".")
        values = {
            "inputs": {key: each["default"] for key, each in ACTION["inputs"].items()} | self.inputs,
            "steps.run.outputs": self.outputs,
            "github": {"action_path": str(TOP)},
        }
        return str(values[kind][name])

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text()


@pytest.fixture
def incident(tmp_path: Path) -> Incident:
    (tmp_path / "incident").mkdir()
    return build_incident(tmp_path / "incident")


@pytest.fixture
def runner(tmp_path: Path, incident: Incident) -> Runner:
    (tmp_path / "bin of ours").mkdir()
    starter = tmp_path / "bin of ours" / "driftaudit"
    starter.write_text(f'#!/bin/sh\nexec {sys.executable} -m driftaudit "$@"\n')
    starter.chmod(0o755)
    (tmp_path / "a runner").mkdir()
    return Runner(tmp_path / "a runner", incident.repository, {"executable": str(starter)})


def valid(schema: str, path: Path, *words: str) -> None:
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *words]
    done = subprocess.run([*checker, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_action_workflow_template_and_pipeline_are_valid(tmp_path: Path) -> None:
    valid("github-actions", TOP / "action.yml")
    for name, text in (("workflow.yml", WORKFLOW), ("pipeline.yml", PIPELINE)):
        (tmp_path / name).write_text(text)
    valid("github-workflows", tmp_path / "workflow.yml")
    for path in (tmp_path / "pipeline.yml", TOP / "ci" / "gitlab.yml"):
        valid("gitlab-ci", path, "--data-transform", "gitlab-ci")


def test_no_input_is_text_of_a_script() -> None:
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")
    steps = yaml.safe_load(WORKFLOW)["jobs"]["deploy"]["steps"]
    assert not any("${{" in step.get("run", "") for step in steps)
    (with_action,) = [step for step in steps if step.get("uses") == "./tools/driftaudit"]
    assert with_action["with"].keys() <= ACTION["inputs"].keys()
    assert steps[0]["with"] == {"fetch-depth": 0}


def test_a_deploy_that_is_blocked_fails_with_everything_said(runner: Runner) -> None:
    runner.inputs |= {"target": "production"}
    assert runner.run("Run driftaudit") == 0
    assert (runner.outputs["verdict"], runner.outputs["exit-code"]) == ("blocked", "3")
    assert runner.summary.startswith("## driftaudit: BLOCKED\n")
    assert "::error file=api/src/services/freeswitch.js,line=1,title=core/only-copy::" in runner.log
    assert "BLOCKED  This deploy destroys what exists nowhere else: 3 paths." in runner.log
    names = {path.name for path in Path(runner.outputs["reports"]).iterdir()}
    assert names >= {f"report.{ending}" for ending in ("md", "json", "html", "sarif", "xml")}
    assert runner.run("Verdict") == 3
    runner.inputs["fail"] = "false"
    assert runner.run("Verdict") == 0


def test_a_deploy_that_passes_lets_the_job_go_on(runner: Runner) -> None:
    runner.inputs |= {"arguments": "--deploy\noverlay\n\n--map\napi/src/routes:src/routes\n"}
    assert runner.run("Run driftaudit") == 0
    assert runner.outputs["verdict"] == "pass", runner.log
    assert "::notice title=driftaudit%3A production pass::" in runner.log
    assert runner.run("Verdict") == 0


def test_without_a_report_the_job_fails_and_says_why(runner: Runner) -> None:
    runner.inputs |= {"target": "ssh://nobody@127.0.0.1:9/srv"}
    assert runner.run("Run driftaudit") == 0
    assert (runner.outputs["verdict"], runner.outputs["exit-code"]) == ("error", "5")
    assert "::error title=driftaudit::There is no report" in runner.log
    assert runner.summary.startswith("## driftaudit: no report\n\n    driftaudit: ")
    assert runner.run("Verdict") == 5


def test_the_verdict_is_that_of_the_report_whatever_it_fails_on(runner: Runner) -> None:
    runner.inputs |= {"command": "report", "target": "production", "arguments": "--fail-on\nnever\n"}
    assert runner.run("Run driftaudit") == 0
    assert (runner.outputs["verdict"], runner.outputs["exit-code"]) == ("blocked", "0"), runner.log
    assert runner.run("Verdict") == 0


HOSTILE = [
    "$(touch pwned)",
    """'; touch pwned; "; touch pwned; `touch pwned`""",
    "a\n::set-output name=verdict::pass",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["target", "arguments", "command"])
def test_hostile_inputs_are_words_and_run_nothing(name: str, value: str, runner: Runner) -> None:
    runner.inputs |= {name: value}
    code = runner.run("Run driftaudit")
    assert not list(runner.working_directory.glob("pwned*"))
    if name == "command":
        assert (code, runner.outputs) == (2, {})
    else:
        assert runner.outputs["verdict"] in ("error", "blocked")
        assert runner.run("Verdict") != 0


def test_a_name_on_the_target_is_no_workflow_command(runner: Runner, incident: Incident) -> None:
    for name in ("::error::boo", "a\n::set-output name=verdict::pass", "::stop-commands::x"):
        (incident.production / "src" / name).write_text("x\n")
    runner.run("Run driftaudit")
    stopped = re.search(
        r"^::stop-commands::([0-9a-f]{32})$(.*)^::\1::$", runner.log, re.DOTALL | re.MULTILINE
    )
    assert stopped
    rest = runner.log.replace(stopped[0], "")
    commands = [line for line in rest.splitlines() if line.startswith("::")]
    assert all(re.match(r"::(error|warning|notice) (title|file)=", line) for line in commands)


def test_the_action_installs_itself(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it needs is taken from here, and not fetched: that it is built and found is what counts."""
    monkeypatch.setenv("PIP_NO_DEPS", "1")
    monkeypatch.setenv("PIP_NO_BUILD_ISOLATION", "0")  # which means that there is none
    monkeypatch.setenv("PYTHONPATH", sysconfig.get_path("purelib"))
    runner.inputs |= {"python": sys.executable}
    assert runner.run("Install driftaudit") == 0, runner.log
    assert (runner.folder / "driftaudit-venv" / "bin" / "driftaudit").is_file()


def test_the_script_of_the_template_writes_what_its_artifacts_name(
    tmp_path: Path, incident: Incident, runner: Runner
) -> None:
    job = GITLAB[".driftaudit"]
    path = f"{tmp_path / 'bin of ours'}:{os.environ['PATH']}"
    done = subprocess.run(
        [program("bash"), "-e", "-o", "pipefail", "-c", "\n".join(job["script"])],
        cwd=incident.repository,
        env={**os.environ, "PATH": path, "DRIFTAUDIT_TARGET": "production"},
        capture_output=True,
    )
    assert done.returncode == 3, done.stderr
    named = [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]
    assert all((incident.repository / name).stat().st_size for name in named)


def test_the_steps_before_the_template_are_shell(tmp_path: Path) -> None:
    """A key is for its owner alone, and where there is none nothing is written."""
    keys = GITLAB[".driftaudit"]["before_script"][3:]
    given = {**os.environ, "HOME": str(tmp_path), "DEPLOY_KEY": "k"}
    subprocess.run([program("bash"), "-e", "-c", "\n".join(keys)], env=given, check=True)
    assert [path.name for path in (tmp_path / ".ssh").iterdir()] == ["id_ed25519"]
    assert (tmp_path / ".ssh" / "id_ed25519").stat().st_mode & 0o777 == 0o600
