"""Archives, sound ones by the programs that everybody uses, and others made by hand."""

import io
import subprocess
import tarfile
import zipfile
from pathlib import Path

from tests.support.programs import program

COMPRESSION = {"tar": "", "tar.gz": "gzip", "tar.xz": "xz", "tar.zst": "zstd"}


def packed(folder: Path, archive: Path, *words: str) -> Path:
    """Pack all that lies in a folder, by the program that the ending of the archive's name calls for."""
    ending = archive.name.partition(".")[2]
    if ending == "zip":
        names = sorted(path.name for path in folder.iterdir())
        command = [program("zip"), "--quiet", "--recurse-paths", "--symlinks", str(archive), *names]
        if not names:
            archive.write_bytes(b"PK\5\6" + bytes(18))
            return archive
    else:
        how = [f"--use-compress-program={program(COMPRESSION[ending])}"] if COMPRESSION[ending] else []
        command = [program("tar"), *how, *words, "--create", f"--file={archive}", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return archive


def unpacked(archive: Path, folder: Path) -> Path:
    """Unpack with GNU tar, whatever it says."""
    folder.mkdir()
    subprocess.run(
        [program("tar"), "--extract", f"--file={archive}"], cwd=folder, capture_output=True, check=False
    )
    return folder


def member(name: str | bytes, content: bytes = b"", **fields: object) -> bytes:
    """Return the header and the data of one member; `fields` are those of a TarInfo."""
    shown = name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
    info = tarfile.TarInfo(shown)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    header = info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
    return header + content + bytes(-len(content) % 512)


def tar(path: Path, *members: bytes, end: bytes = bytes(1024)) -> Path:
    """Write a tar of these members."""
    path.write_bytes(b"".join(members) + end)
    return path


def zipped(path: Path, members: dict[str, bytes] | list[tuple[zipfile.ZipInfo, bytes]]) -> Path:
    """Write a zip of these members with Python's own module."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    path.write_bytes(buffer.getvalue())
    return path
