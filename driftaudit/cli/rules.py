"""`driftaudit rules`: what is asked of each finding, in which order, and whether the packs' examples hold."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from driftaudit.cli import options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from driftaudit.cli.target import Workplace
    from driftaudit.config.rules import Conditions, RuleSpec

_LIST_EXIT_CODES = """\b
Exit codes:
  0  listed          2  usage or configuration
  1  internal error"""
_TEST_EXIT_CODES = """\b
Exit codes:
  0  all examples hold    2  usage or configuration
  1  internal error       3  an example fails"""


@click.group("rules")
def command() -> None:
    """List the rules, or run their examples."""


@command.command("list", epilog=_LIST_EXIT_CODES)
@options.target(required=False)
@click.option("--pack", "packs", metavar="NAME", multiple=True, help="A rule pack, instead of the target's.")
@click.option("--labels", is_flag=True, help="The labels too, with their patterns.")
@options.configuration
def list_rules(target: str | None, packs: tuple[str, ...], labels: bool, config: str | None) -> int:
    """List all rules in the order in which they are asked.

    They are those of driftaudit.yml, of the packs of TARGET, and of core. TARGET may be left out where there
    is only one; without a configuration all packs that are shipped are active.
    """
    from driftaudit.cli.options import Options
    from driftaudit.cli.target import Workplace
    from driftaudit.policy.policy import load_policy

    workplace = Workplace(Options(config=config))
    settings = workplace.settings
    active = packs or _packs_of(workplace, target)
    own_labels = settings.labels if settings else {}
    policy = load_policy(active, own_labels, settings.rules if settings else ())
    if labels:
        _print(_labels(active, own_labels))
    _print(line for rule in policy.rules for line in _rule(rule.spec))
    return 0


@command.command("test", epilog=_TEST_EXIT_CODES)
@click.argument("packs", nargs=-1, metavar="[PACK]...")
def test_packs(packs: tuple[str, ...]) -> int:
    """Run the examples of packs: of all that are shipped, or of those named.

    PACK is the name of a shipped pack or the path of one of your own, which begins with ./, ../, / or ~/; its
    examples lie beside it (shop.yml, shop.examples.yml).
    """
    from driftaudit.errors import ExitCode
    from driftaudit.policy.examples import run_examples
    from driftaudit.policy.packs import available_packs
    from driftaudit.render.printable import printable

    runs = [run_examples(pack) for pack in dict.fromkeys(packs or available_packs())]
    _print(printable(failure) for run in runs for failure in run.failures)
    failed = sum(run.failed for run in runs)
    click.echo(f"{sum(run.examples for run in runs)} examples, {failed} failed")
    return int(ExitCode.BLOCKED if failed else ExitCode.PASS)


def _packs_of(workplace: "Workplace", target: str | None) -> "tuple[str, ...] | None":
    """Return the packs of a target, None for all that are shipped. Raises UsageError if it is not clear."""
    from driftaudit.errors import UsageError

    targets = workplace.settings.targets if workplace.settings else {}
    if target is not None:
        return workplace.target(target).packs
    choices = {each.packs for each in targets.values()}
    if len(choices) > 1:
        raise UsageError(
            f"the targets have different packs; which target? {', '.join(targets)}",
            "Name one: driftaudit rules list TARGET",
        )
    return choices.pop() if choices else None


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line)


def _rule(spec: "RuleSpec") -> Iterator[str]:
    """Yield what there is to say of a rule: its name and severity, what it asks, and why it matters."""
    from driftaudit.policy.guards import GUARDS
    from driftaudit.render.printable import printable

    guard = "  (guard)" if spec.id in GUARDS else ""
    yield f"{spec.severity.value:<6} {spec.id}{guard}  {printable(spec.where)}"
    yield f"{'':<6} when {_asked(spec.conditions)}"
    yield f"{'':<6} {printable(spec.reason)}"
    yield ""


def _asked(conditions: "Conditions") -> str:
    asked = {
        "path": conditions.paths,
        "label": sorted(conditions.labels),
        "origin": sorted(conditions.origins),
        "action": sorted(conditions.actions),
        "recoverable": sorted(conditions.recoverable),
        "kind": sorted(conditions.kinds),
        "aspect": sorted(conditions.aspects),
        "health": sorted(conditions.health),
    }
    said = [f"{name} {' or '.join(values)}" for name, values in asked.items() if values]
    return ", ".join(said) or "nothing before it matched"


def _labels(active: "Sequence[str] | None", own: "Mapping[str, tuple[str, ...]]") -> Iterator[str]:
    """Yield the patterns of each label in their order, of which the last that matches decides."""
    from driftaudit.policy.packs import CORE, available_packs, load_pack

    named = [name for name in (available_packs() if active is None else active) if name != CORE]
    layers = [(pack.name, pack.labels) for pack in map(load_pack, dict.fromkeys([CORE, *named]))]
    layers.append(("driftaudit.yml", own))
    for label in dict.fromkeys(label for _name, labels in layers for label in labels):
        yield label
        for name, labels in layers:
            yield from (f"  {pattern}  ({name})" for pattern in labels.get(label, ()))
        yield ""
