"""Which rule packs fit a project, told from the files that frameworks leave."""

from collections.abc import Collection, Iterable, Mapping

_MARKERS: Mapping[str, tuple[str, ...]] = {
    "node": ("package.json",),
    "python": ("manage.py", "pyproject.toml", "requirements.txt", "setup.py", "Pipfile"),
    "php": ("composer.json", "wp-config.php", "artisan", "wp-load.php"),
    "pm2": ("ecosystem.config.js", "ecosystem.config.cjs", "ecosystem.config.json", ".pm2"),
}
_DEPTH = 2  # path parts: frameworks put their files at the top, or one folder below it


def find_packs(paths: Iterable[str], uses_pm2: Collection[str], shipped: Collection[str]) -> dict[str, str]:
    """Return the packs that fit, each with the path that says so.

    `uses_pm2` are the paths of package.json files that name PM2.
    """
    near = sorted(
        (path for path in paths if path.count("/") < _DEPTH), key=lambda path: (path.count("/"), path)
    )
    found = {}
    for pack, markers in _MARKERS.items():
        evidence = [path for path in near if path.rpartition("/")[2] in markers]
        if pack == "pm2":
            evidence += sorted(uses_pm2)
        if evidence and pack in shipped:
            found[pack] = evidence[0]
    return found
