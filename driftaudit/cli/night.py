"""One nightly run as the command line does it: audited, stored, written and told, whatever of that fails."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from driftaudit.cli.main import tell
from driftaudit.cli.options import Options
from driftaudit.errors import DriftauditError, ExitCode, UsageError

if TYPE_CHECKING:
    from driftaudit.cli.histories import OpenHistory
    from driftaudit.cli.output import Destination
    from driftaudit.cli.target import Workplace
    from driftaudit.history.place import Place
    from driftaudit.model.audit import Audit
    from driftaudit.nightly.composer import Failed, Observed
    from driftaudit.notify.base import Notice
    from driftaudit.render.history import TargetHistory


@dataclass(frozen=True)
class Night:
    """What the command line asks for. Places are looked at when they are needed."""

    wanted: Options
    history: str | None
    output_dir: str | None
    since: str | None
    fail_on: str
    quiet: bool
    faults: list[DriftauditError] = field(default_factory=list)  # what went wrong beside the audit

    @cached_property
    def workplace(self) -> "Workplace":
        """The folder that this runs in."""
        from driftaudit.cli.target import Workplace

        return Workplace(self.wanted)

    @cached_property
    def place(self) -> "Place":
        """Where the history lies."""
        from driftaudit.cli.histories import place_in

        return place_in(self.workplace, self.history)

    @cached_property
    def folder(self) -> Path:
        """Where the pages go."""
        return Path(self.output_dir) if self.output_dir else self.workplace.folder / "reports"

    @property
    def open_history(self) -> "OpenHistory":
        """What opens the history."""
        from driftaudit.cli.histories import opener

        return opener(self.place)

    def audit(self, name: str | None, formats: Sequence[str], outputs: Sequence[str]) -> int:
        """Run one night, and return its exit code. Raises as an audit does; that is stored and told, too."""
        from driftaudit.cli.histories import history_settings, shown_url
        from driftaudit.cli.output import destinations
        from driftaudit.cli.progress import scan_progress
        from driftaudit.cli.site_files import require_folder
        from driftaudit.cli.target import begun_audit
        from driftaudit.nightly.composer import failures_stored, observed
        from driftaudit.nightly.judging import FailOn, exit_code

        places = destinations(formats, outputs) if formats or outputs else []
        target = self.workplace.target(name)
        url, keep, opens = shown_url(target), history_settings(self.workplace).keep, self.open_history
        require_folder(self.folder)
        self._require_since(target.name)
        with (
            failures_stored(
                target.name,
                url,
                opens,
                keep,
                partial(self._failed, target.name),
                of_usage=not self.wanted.says_of_one_target,
            ),
            begun_audit(self.workplace, name, self.wanted) as request,
            scan_progress(request.target) as progress,
        ):
            without_probes = self.wanted.probes is False
            night = observed(request, opens, keep, progress, without_probes=without_probes)
        if night.unstored:
            self._fault(night.unstored)
        self._write(night, places)
        self._tell_of(night)
        return int(ExitCode.USAGE if self.faults else exit_code(night.audit, FailOn(self.fail_on)))

    def draw_again(self, name: str | None, run: int, formats: Sequence[str], outputs: Sequence[str]) -> int:
        """Draw a stored run, compared with another one if that is asked for."""
        from driftaudit.cli.output import destinations
        from driftaudit.history.comparing import compared_since
        from driftaudit.nightly.judging import FailOn, exit_code

        places = destinations(formats, outputs) if formats or outputs else []
        target = name if name is not None else self.workplace.target(None).name
        if not self.place.is_there:
            raise UsageError(f"there is no history of {target} yet", f"Begin one: driftaudit report {target}")
        with self.open_history() as history:
            audit = history.audit(target, run)
            if self.since:
                audit = compared_since(history, audit, self.since)
        self._draw(audit, places)
        return int(exit_code(audit, FailOn(self.fail_on)))

    def killed(self, name: str, signal: int) -> None:
        """Store and tell that the run of a target was killed: it could say nothing of that itself."""
        from driftaudit.cli.histories import history_settings, shown_url
        from driftaudit.history.store import Failure
        from driftaudit.nightly.composer import failure_stored

        target = self.workplace.target(name)
        error = DriftauditError(f"the audit was killed by signal {signal}", "Is there enough memory?")
        tell(f"{name}: driftaudit: {error.message}", f"{name}:   {error.advice}")
        failure = Failure(
            target=target.name,
            url=shown_url(target),
            started_at=datetime.now(UTC),
            duration_seconds=0.0,
            exit_code=error.exit_code,
            message=error.message,
        )
        keep = history_settings(self.workplace).keep
        self._failed(target.name, failure_stored(failure, error, self.open_history, keep))

    def write_index(self, also: str | None = None) -> None:
        """Write the index from what the history has now; what fails is a fault.

        `also` counts as configured.
        """
        from driftaudit.cli.site_files import alone, write_index

        try:
            with alone(self.folder):
                write_index(self.folder, self._histories(also), datetime.now(UTC))
        except DriftauditError as error:
            self._fault(error)

    def _histories(self, also: str | None) -> "list[TargetHistory]":
        """Return the runs of each target; of one that was never audited there are none.

        One that is configured no more is not left out: it may be a slip of the pen. Without a configuration
        all are alike.
        """
        from driftaudit.cli.histories import shown_url
        from driftaudit.model.history import StoredTarget
        from driftaudit.render.history import TargetHistory

        settings = self.workplace.settings
        configured = settings.targets if settings else {}
        with self.open_history() as history:
            told = {name: StoredTarget(name, shown_url(found)) for name, found in configured.items()}
            told |= {target.name: target for target in history.targets()}
            return [
                TargetHistory(
                    target,
                    history.runs(name),
                    is_configured=not configured or name in configured or name == also,
                )
                for name, target in told.items()
            ]

    def _require_since(self, target: str) -> None:
        from driftaudit.history.comparing import run_since

        if self.since:
            with self.open_history() as history:
                run_since(history.runs(target), self.since)

    def _write(self, night: "Observed", places: "Sequence[Destination]") -> None:
        from driftaudit.cli.site_files import write_pages
        from driftaudit.history.comparing import compared_since

        try:
            pages = write_pages(self.folder, night.audit)
            if not self.quiet:
                tell(*(f"driftaudit: written {page}" for page in pages))
        except DriftauditError as error:
            self._fault(error)
        if not night.unstored:
            self.write_index(night.audit.target)
        audit = night.audit
        if self.since and audit.tracking:
            with self.open_history() as history:
                audit = compared_since(history, audit, self.since)
        self._draw(audit, places)

    def _draw(self, audit: "Audit", places: "Sequence[Destination]") -> None:
        from driftaudit.cli.output import Destination, render_options, write
        from driftaudit.render import tracking
        from driftaudit.render.registry import FORMATS

        for place in places:
            write(place, FORMATS[place.format](audit, render_options(place, self.quiet)))
        if not any(place.is_standard_output for place in places):
            write(Destination("text", "-"), tracking.text(audit, quiet=self.quiet))

    def _failed(self, target: str, failed: "Failed") -> None:
        """Say what could not be stored, and tell of a target that cannot be audited any more."""
        from driftaudit.nightly.notice import notice_of_failure

        if failed.unstored:
            self._fault(failed.unstored)
        else:
            self.write_index(target)
        self._notify(notice_of_failure(failed, target, self._link()))

    def _tell_of(self, night: "Observed") -> None:
        from driftaudit.nightly.notice import notice_of

        self._notify(notice_of(night, self._link()))

    def _link(self) -> str:
        """Return where the pages can be looked at; "" too where the variable that says it is not set."""
        from driftaudit.cli.histories import notify_settings
        from driftaudit.config.reporting import from_environment

        settings = notify_settings(self.workplace)
        try:
            return from_environment(settings.link, "notify: link") if settings.to else ""
        except DriftauditError as error:
            tell(f"driftaudit: {error.message}", f"  {error.advice}")
            return ""

    def _notify(self, notice: "Notice | None") -> None:
        from driftaudit.cli.histories import notify_settings

        receivers = notify_settings(self.workplace).to
        if notice is None or not receivers:
            return
        from driftaudit.notify.registry import notify_all

        for receiver, error in notify_all(receivers, notice):
            if receiver.required:
                self._fault(error)
            else:
                tell(f"driftaudit: {error.message}", f"  {error.advice}")

    def _fault(self, error: DriftauditError) -> None:
        self.faults.append(error)
        tell(f"driftaudit: {error.message}", f"  {error.advice}")
