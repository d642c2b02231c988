"""Programs that tests need beside Python: without one a test fails, and says how to install it."""

import shutil

import pytest

_PACKAGES = {
    "rsync": "rsync",
    "patch": "patch",
    "git": "git",
    "git-lfs": "git-lfs",
    "tar": "tar",
    "bsdtar": "libarchive-tools",
    "zip": "zip",
    "unzip": "unzip",
    "gzip": "gzip",
    "xz": "xz-utils",
    "zstd": "zstd",
    "sshd": "openssh-server",
    "ssh": "openssh-client",
    "sftp": "openssh-client",
    "sftp-server": "openssh-sftp-server",
    "tcsh": "tcsh",
    "fish": "fish",
    "zsh": "zsh",
    "setpriv": "util-linux",
    "sudo": "sudo",
    "busybox": "busybox-static",
    "unshare": "util-linux",
    "chroot": "coreutils",
    "bash": "bash",
    "dash": "dash",
    "make": "make",
    "node": "nodejs",
    "npm": "npm",
    "chromium": "chromium",
    "openssl": "openssl",
    "sh": "dash",
    "systemd-analyze": "systemd",
}
_PATH = (
    "/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin"
    ":/usr/lib/openssh:/usr/libexec:/usr/libexec/openssh"
)


def program(name: str) -> str:
    """Return the path of a program, or fail the test with the line that installs it."""
    found = shutil.which(name, path=_PATH)
    if not found:
        pytest.fail(
            f"{name} is needed for this test: apt-get install {_PACKAGES[name]} (or: make test-programs)"
        )
    return found
