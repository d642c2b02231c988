import subprocess
from pathlib import Path

import pytest

from driftaudit.errors import SourceError
from driftaudit.sources.ssh.host_config import HostConfig
from driftaudit.sources.ssh.host_keys import KnownHost
from driftaudit.sources.ssh.known_hosts import HostKey, Standing, judge, key_types, read_lines


def key(content: str, kind: str = "ssh-ed25519") -> HostKey:
    return HostKey(kind, len(kind).to_bytes(4, "big") + kind.encode() + content.encode())


MINE = key("mine")
OTHER = key("other")
RSA = key("mine", "ssh-rsa")


def standing(tmp_path: Path, text: str, *names: str, asked: HostKey = MINE) -> Standing:
    file = tmp_path / "known_hosts"
    file.write_text(text)
    return judge(read_lines([file]), names, asked).standing


@pytest.mark.parametrize(
    ("patterns", "name", "expected"),
    [
        ("web", "web", Standing.KNOWN),
        ("WEB", "web", Standing.KNOWN),
        ("web", "webb", Standing.UNKNOWN),
        ("a,web,b", "web", Standing.KNOWN),
        ("*.example.net", "api.example.net", Standing.KNOWN),
        ("*.example.net,!api.example.net", "api.example.net", Standing.UNKNOWN),
        ("!api.example.net,*.example.net", "api.example.net", Standing.UNKNOWN),
        ("10.0.0.?", "10.0.0.7", Standing.KNOWN),
        ("10.0.0.?", "10.0.0.77", Standing.UNKNOWN),
        ("[web]:2222", "[web]:2222", Standing.KNOWN),
        ("[web]:2222", "[web]:2223", Standing.UNKNOWN),
        ("[web]:2222", "w", Standing.UNKNOWN),
        ("[*]:2222", "[web]:2222", Standing.KNOWN),
        ("web.example", "webxexample", Standing.UNKNOWN),
    ],
)
def test_patterns(tmp_path: Path, patterns: str, name: str, expected: Standing) -> None:
    assert standing(tmp_path, f"{patterns} {MINE.text}\n", name) is expected


def test_lines_that_cannot_be_read_spoil_nothing(tmp_path: Path) -> None:
    garbage = "\n".join(
        [
            "# comment",
            "",
            "web",
            "web ssh-ed25519",
            "web ssh-ed25519 !!!",
            f"web ssh-rsa {MINE.text.split()[1]}",
            f"@unknown web {OTHER.text}",
            "|1|x|y ssh-ed25519 AAAA",
            f"|1|bad {OTHER.text}",
            f"|2|c2FsdA==|c2FsdA== {OTHER.text}",
        ]
    )
    assert standing(tmp_path, f"{garbage}\nweb {MINE.text} comment\n", "web") is Standing.KNOWN
    assert standing(tmp_path, garbage, "web") is Standing.UNKNOWN


def test_bytes_that_are_no_text_spoil_nothing(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_bytes(b"\xff\xfe web\n" + f"web {MINE.text}\n".encode())
    assert judge(read_lines([tmp_path / "absent", tmp_path, file]), ("web",), MINE).standing is Standing.KNOWN


def test_lines_hashed_by_ssh_keygen(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    kind, text = (tmp_path / "key.pub").read_text().split()[:2]
    file.write_text(f"[web]:2222,[10.0.0.1]:2222 {kind} {text}\n")
    subprocess.run(["ssh-keygen", "-H", "-f", str(file)], check=True, capture_output=True)
    lines = read_lines([file])
    assert "web" not in file.read_text()
    for name, expected in (
        ("[web]:2222", Standing.KNOWN),
        ("[10.0.0.1]:2222", Standing.KNOWN),
        ("web", Standing.UNKNOWN),
    ):
        assert judge(lines, (name,), lines[0].key).standing is expected


def test_fingerprints_are_those_of_ssh_keygen(tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    public = tmp_path / "key.pub"
    (tmp_path / "known_hosts").write_text(f"web {public.read_text()}")
    shown = subprocess.run(
        ["ssh-keygen", "-lf", str(public)], check=True, capture_output=True, text=True
    ).stdout
    [line] = read_lines([tmp_path / "known_hosts"])
    assert line.key.fingerprint == shown.split()[1]
    assert public.read_text().startswith(line.key.text)


def test_a_changed_key(tmp_path: Path) -> None:
    assert standing(tmp_path, f"web {OTHER.text}\n", "web") is Standing.CHANGED
    assert standing(tmp_path, f"web {OTHER.text}\nweb {MINE.text}\n", "web") is Standing.KNOWN
    assert standing(tmp_path, f"web {RSA.text}\n", "web") is Standing.UNKNOWN


def test_the_name_without_a_port_can_only_make_a_key_known(tmp_path: Path) -> None:
    assert standing(tmp_path, f"web {MINE.text}\n", "[web]:2222", "web") is Standing.KNOWN
    assert standing(tmp_path, f"web {OTHER.text}\n", "[web]:2222", "web") is Standing.UNKNOWN


def test_a_revoked_key_stays_revoked_where_it_is_known_as_well(tmp_path: Path) -> None:
    text = f"web {MINE.text}\n@revoked * {MINE.text}\n"
    assert standing(tmp_path, text, "web") is Standing.REVOKED
    assert standing(tmp_path, f"web {MINE.text}\n@revoked * {OTHER.text}\n", "web") is Standing.KNOWN


def test_authorities_make_nothing_known(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"@cert-authority *.example.net {MINE.text}\n")
    judgement = judge(read_lines([file]), ("api.example.net",), MINE)
    assert judgement.standing is Standing.UNKNOWN
    assert [line.place for line in judgement.authorities] == [f"{file}:1"]


def test_types_of_known_keys_come_first(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"web {RSA.text}\n@cert-authority web {MINE.text}\n")
    assert key_types(read_lines([file]), ("web",)) == ("ssh-rsa",)
    known = KnownHost.of(HostConfig("web", 22, "bob", user_known_hosts=(file,)))
    assert known.preferred(("ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256")) == (
        "rsa-sha2-512",
        "rsa-sha2-256",
        "ssh-ed25519",
    )


def advice(known: KnownHost, asked: HostKey = MINE) -> str:
    with pytest.raises(SourceError) as caught:
        known.require(asked)
    return caught.value.advice


def test_the_advised_line_works_whatever_the_file_is_like(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / ".ssh" / "known hosts"
    config = HostConfig("web", 2222, "bob", user_known_hosts=(file,))
    for content in (None, f"other {OTHER.text}\n", f"other {OTHER.text}"):
        if content is not None:
            file.write_text(content)
        command = advice(KnownHost.of(config)).partition("then: ")[2]
        subprocess.run(command, shell=True, check=True)
        KnownHost.of(config).require(MINE)


def test_the_advice_for_a_changed_key_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    file = tmp_path / "known_hosts"
    file.write_text(f"[web]:2222 {(tmp_path / 'key.pub').read_text()}")
    config = HostConfig("web", 2222, "bob", user_known_hosts=(file,))
    command = advice(KnownHost.of(config)).partition("new fingerprint: ")[2]
    subprocess.run(command, shell=True, check=True, capture_output=True)
    KnownHost.of(config).require(MINE)


def test_no_file_for_known_hosts(tmp_path: Path) -> None:
    known = KnownHost.of(HostConfig("web", 22, "bob", user_known_hosts=(Path("/dev/null"),)))
    assert "UserKnownHostsFile" in advice(known)


def test_an_alias_is_looked_up_without_a_port(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"fleet {MINE.text}\n")
    KnownHost.of(HostConfig("web", 2222, "bob", user_known_hosts=(file,), host_key_alias="fleet")).require(
        MINE
    )
