"""The steps of a job as shell text."""

import re
from collections.abc import Mapping
from pathlib import Path

from driftaudit.forms.actions.base import ActionCall
from driftaudit.forms.actions.registry import ACTIONS
from driftaudit.forms.base import Passage, in_subshell, joined, passage, placed
from driftaudit.forms.conditions import FAILED, Condition, condition
from driftaudit.forms.draft import Draft
from driftaudit.forms.expansion import Expander
from driftaudit.forms.expressions import REFERENCE, WORKSPACE, freed, resolved, word
from driftaudit.forms.files import named
from driftaudit.forms.workflow_document import Job, Step

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# What the runner sets. What steps tell it by these files has no effect on any tree.
_RUNNER = (
    "CI=true GITHUB_ACTIONS=true RUNNER_TEMP=/tmp GITHUB_ENV=/dev/null GITHUB_OUTPUT=/dev/null"
    " GITHUB_PATH=/dev/null GITHUB_STATE=/dev/null GITHUB_STEP_SUMMARY=/dev/null"
)
_SETTING = re.compile(r"""echo\s+["']?([A-Za-z_]\w*)=[^\n]*>>\s*["']?\$\{?GITHUB_ENV\}?["']?\s*""")
# A machine of GitHub's own, or one that is not known before the job starts.
_HOSTED = re.compile(r"(?i)$|\[?'?(?:ubuntu|windows|macos)-|\$\{\{")
_SWITCHES = {"e": "set -e", "u": "set -u", "x": ":", "l": ":"}


class JobWriter:
    """Writes one job."""

    def __init__(self, folder: Path, draft: Draft) -> None:
        self._draft = draft
        self._expander = Expander(folder, draft)
        self._environment: dict[str, str] = {}
        self._is_windows = False

    def written(self, job: Job) -> list[Passage]:
        """Return the text of a job."""
        runs = condition(job.condition, self._draft)
        self._check(job)
        if runs.never:
            self._draft.problem(job.place, "its condition never holds: it does nothing at all")
            return []
        self._environment = self._values(job.environment, job.place)
        prelude = [f'set -e\nexport {WORKSPACE[2:-1]}="$PWD" GITHUB_WORKSPACE="$PWD" {_RUNNER}']
        prelude += [_export(name, text) for name, text in self._environment.items()]
        lines = [passage(line, job.place) for line in prelude]
        whens = [condition(step.condition, self._draft) for step in job.steps]
        goes_on = any(when.after_failure for when in whens)
        if goes_on:
            lines.append(passage("DRIFTAUDIT_FAILED=", job.place))
        for step, when in zip(job.steps, whens, strict=True):
            if not when.never:
                lines += self._step(step, when, goes_on=goes_on)
        if goes_on:
            lines.append(passage(f"[ ! {FAILED} ]", job.place))
        return _under(runs.tests, lines, job.place)

    def _check(self, job: Job) -> None:
        if not job.steps and not job.reused:
            self._draft.problem(job.place, "it has no steps: what deploys must be elsewhere")
        if not _HOSTED.match(job.runs_on):
            detail = f"it runs on {named(job.runs_on)}: that may be the target itself, which is not looked at"
            self._draft.problem(job.place, detail)
        self._is_windows = "windows" in job.runs_on.lower()
        if job.reused:
            self._draft.problem(job.place, f"the workflow {named(job.reused)}, which it runs, is not read")
        for place in job.containers:
            self._draft.problem(place, "it runs in a container, whose files are not known")

    def _values(self, texts: Mapping[str, str], place: str) -> dict[str, str]:
        values = {}
        for name, text in texts.items():
            if _NAME.fullmatch(name):
                values[name] = resolved(text, self._environment, self._draft)
            else:
                self._draft.problem(
                    place, f"the variable {named(name)} is none that a shell can set", may_touch=False
                )
        return values

    def _step(self, step: Step, when: Condition, *, goes_on: bool) -> list[Passage]:
        own = self._values(step.environment, step.place)
        environment = {**self._environment, **own}
        body = self._run(step, own, environment) if step.run else self._action(step, environment)
        if body is None:
            return self._forgotten(step)
        lines = self._with_failure(step, in_subshell(body), environment, goes_on=goes_on)
        tests = when.tests
        if goes_on and not when.after_failure:
            tests = (f"[ ! {FAILED} ]", *tests)
        return [*_under(tests, lines, step.place), *self._forgotten(step)]

    def _with_failure(
        self, step: Step, shell: Passage, environment: Mapping[str, str], *, goes_on: bool
    ) -> list[Passage]:
        continues = resolved(step.continues, environment, self._draft)
        if continues in ("", "false") and not goes_on:
            return [shell]
        lines = [passage("set +e", step.place), shell]
        if continues in ("", "false"):
            lines.append(passage("[ $? = 0 ] || DRIFTAUDIT_FAILED=1", step.place))
        elif may := REFERENCE.search(continues):
            lines.append(passage(f'[ $? = 0 ] || [ "{may[0]}" ] || exit', step.place))
        return [*lines, passage("set -e", step.place)]

    def _run(self, step: Step, own: Mapping[str, str], environment: Mapping[str, str]) -> Passage | None:
        if step.run is None:
            return None
        switches = self._switches(step)
        if switches is None:
            return None
        folder = resolved(step.folder, environment, self._draft)
        self._expander.exported.update(environment)
        text = placed(freed(resolved(step.run.text, environment, self._draft)), step.run.places)
        body = self._expander.expanded(text, _static(folder))
        if body is None:
            return None
        place = text.start
        lines = [passage(switches, place)]
        if folder:
            lines.append(passage(f"cd {word(folder)}", place))
        lines += [passage(_export(name, value), place) for name, value in own.items()]
        return joined(*lines, body)

    def _switches(self, step: Step) -> str | None:
        """Return the line that sets what the step's shell sets; None, and a problem, for another shell."""
        shell = step.shell or ("pwsh" if self._is_windows else "")
        if shell in ("", "sh"):
            return "set -e"
        if shell == "bash":
            return "set -eo pipefail"
        name, *words = shell.split()
        found: list[str] = []
        while words and name in ("bash", "sh"):
            option = words.pop(0)
            if option == "{0}" and not words:
                return "; ".join(found) or ":"
            letters = option[1:] if re.fullmatch(r"-[eulx]*o?", option) else "?"
            if letters.endswith("o") and words:
                found.append(f"set -o {word(words.pop(0))}")
            found += [_SWITCHES.get(letter, "") for letter in letters.removesuffix("o")]
            if "" in found and option not in ("--noprofile", "--norc", "--login"):
                break
            found = [switch for switch in found if switch]
        self._draft.problem(step.place, f"the shell {named(shell)} is not read")
        return None

    def _action(self, step: Step, environment: Mapping[str, str]) -> Passage | None:
        if not step.uses:
            self._draft.problem(step.place, "it neither runs nor uses anything", may_touch=False)
            return None
        name = step.uses.partition("@")[0].lower()
        inputs = {
            key: placed(resolved(text.text, environment, self._draft), text.places)
            for key, text in step.inputs.items()
        }
        action = ACTIONS.get(name)
        if action is None:
            self._draft.problem(step.place, f"effect unknown: {named(step.uses)}")
            return None
        body = action(ActionCall(name, step.place, inputs, environment, self._draft))
        checked = None if body is None else self._expander.expanded(body, None)
        return checked and joined(passage("set -e", step.place), checked)

    def _forgotten(self, step: Step) -> list[Passage]:
        """Return what makes the variables unknown that a step may have set for those after it."""
        text = step.run.text if step.run else ""
        if step.uses and step.uses.partition("@")[0].lower() not in ACTIONS:
            text = "GITHUB_ENV"
        if "GITHUB_ENV" not in text and "set-env" not in text:
            return []
        simple = _SETTING.findall(text)
        if len(simple) == text.count("GITHUB_ENV") and "set-env" not in text:
            names = list(dict.fromkeys(simple))
        else:
            names = list(self._environment)
        for name in names:
            self._environment[name] = self._draft.unknown(f"{name}, set at {step.place}")
        return [passage(_export(name, self._environment[name]), step.place) for name in names]


def _export(name: str, text: str) -> str:
    return f"export {name}={word(text)}"


def _under(tests: tuple[str, ...], lines: list[Passage], place: str) -> list[Passage]:
    if not tests or not lines:
        return lines
    return [passage(f"if {' && '.join(tests)}; then", place), *lines, passage("fi", place)]


def _static(folder: str) -> str | None:
    """Return the folder of a step relative to the start, None where it depends on something."""
    if REFERENCE.search(folder) or folder.startswith(("/", "~")):
        return None
    return folder or "."
