"""appleboy/scp-action: an archive that is made here, brought to each server, and unpacked there."""

from collections.abc import Iterator

from driftaudit.forms.actions.base import CONNECTION, ActionCall
from driftaudit.forms.base import Passage
from driftaudit.forms.expressions import pattern, word
from driftaudit.forms.files import named

_INPUTS = CONNECTION | {"SOURCE", "TARGET", "RM", "STRIP_COMPONENTS", "OVERWRITE", "TAR_DEREFERENCE"}
_INPUTS |= {"TAR_EXEC", "TAR_TMP_PATH"}


def scp_action(call: ActionCall) -> Passage | None:
    """Return what it runs: pack, and for each server copy, remove (`rm`), make the folder, unpack."""
    call.note_others(_INPUTS)
    servers, targets, sources = list(call.servers()), call.items("TARGET"), call.items("SOURCE")
    if not servers or not targets or not sources:
        call.draft.problem(call.place, "it names no server, no source or no target")
        return None
    if call.text("TAR_EXEC", "tar") != "tar":
        call.draft.problem(call.place, f"its tar is {named(call.text('TAR_EXEC'))}, which is not known")
    archive = f"driftaudit-{call.place.rpartition(':')[2]}.tar"
    lines = [f"({_packing(call, sources, archive)}) || true"]
    for server in servers:
        lines += _on_server(call, server, targets, archive)
    return call.lines(*lines)


def _packing(call: ActionCall, sources: list[str], archive: str) -> str:
    # The sources are patterns that take names with a dot too; what is not there is left out in silence.
    excluded = "".join(f" --exclude {word(source[1:])}" for source in sources if source.startswith("!"))
    packed = " ".join(_local(source) for source in sources if not source.startswith("!"))
    dereference = " -h" if call.is_on("TAR_DEREFERENCE") else ""
    return f"shopt -s dotglob nullglob; tar{excluded}{dereference} -cf /tmp/{archive} {packed}"


def _local(source: str) -> str:
    return pattern(f"./{source}" if source.startswith("-") else source)


def _on_server(call: ActionCall, server: str, targets: list[str], archive: str) -> Iterator[str]:
    port, host = server.split(" ", 2)[1:]
    there = call.text("TAR_TMP_PATH") + archive
    strip = call.text("STRIP_COMPONENTS", "0")
    options = "" if strip in ("", "0") else f" --strip-components {strip}"
    options += " --overwrite" if call.is_on("OVERWRITE") else ""
    yield f"scp -P {port} /tmp/{archive} {host}:{word(there)}"
    for target in targets:
        folder = target.replace(" ", "\\ ")
        if call.is_on("RM"):
            yield f"ssh {server} {word(f'rm -rf {folder}')}"
        yield f"ssh {server} {word(f'mkdir -p {folder}')}"
        yield f"ssh {server} {word(f'tar -xf {there}{options} -C {folder}')}"
    yield f"ssh {server} {word(f'rm -rf {there}')}"
