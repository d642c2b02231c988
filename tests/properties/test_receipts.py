"""No edit of a receipt goes unseen: any byte, any field, with a key and without."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftaudit.audit import AuditRequest, examine
from driftaudit.errors import UsageError
from driftaudit.policy.policy import load_policy
from driftaudit.receipts.reading import read_receipt
from driftaudit.receipts.receipt import Receipt, receipt_document
from driftaudit.receipts.sealing import sealed
from driftaudit.render.json_values import written
from driftaudit.sources.directory import DirectorySource
from tests.support.git import write

KEY = b"key"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("trees")
    write(folder / "desired", {"a.txt": "a\n", "b\udcff.txt": "b\n", "same.txt": "same\n"})
    write(folder / "live", {"a.txt": "a\n", "same.txt": "same\n"})
    request = AuditRequest(
        "live", DirectorySource(folder / "desired"), DirectorySource(folder / "live"), load_policy([], {}, ())
    )
    return receipt_document(request, examine(request), 15)


def read(path: Path, text: bytes, key: bytes | None) -> Receipt:
    path.write_bytes(text)
    return read_receipt(path, key, datetime.now(UTC))


@pytest.mark.parametrize("key", [None, KEY])
def test_as_written_it_counts(document: dict[str, Any], tmp_path: Path, key: bytes | None) -> None:
    receipt = read(tmp_path / "receipt", sealed(document, key).encode(), key)
    assert (receipt.target, receipt.verdict) == ("live", "pass")
    assert list(receipt.promise.paths) == ["b\udcff.txt"]
    with pytest.raises(UsageError, match="expired"):
        read_receipt(tmp_path / "receipt", key, datetime.now(UTC) + timedelta(minutes=16))
    with pytest.raises(UsageError, match="in the future"):
        read_receipt(tmp_path / "receipt", key, datetime.now(UTC) - timedelta(minutes=5))


@pytest.mark.parametrize("key", [None, KEY])
def test_every_single_byte_counts(document: dict[str, Any], tmp_path: Path, key: bytes | None) -> None:
    content = sealed(document, key).encode()
    for at in range(len(content)):
        flipped = content[:at] + bytes([content[at] ^ (1 + at % 255)]) + content[at + 1 :]
        with pytest.raises(UsageError, match="is refused"):
            read(tmp_path / "receipt", flipped, key)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=st.data(), key=st.sampled_from([None, KEY]))
def test_no_edit_counts(
    document: dict[str, Any], tmp_path: Path, data: st.DataObject, key: bytes | None
) -> None:
    content = bytearray(sealed(document, key).encode())
    at = data.draw(st.integers(0, len(content)))
    until = data.draw(st.integers(at, min(at + 40, len(content))))
    content[at:until] = data.draw(st.binary(max_size=40))
    if bytes(content) == sealed(document, key).encode():
        return
    with pytest.raises(UsageError, match="is refused"):
        read(tmp_path / "receipt", bytes(content), key)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return (
        [way, *(place for key, below in items for place in places(below, (*way, key)))]
        if way
        else [place for key, below in items for place in places(below, (key,))]
    )


def edited(document: dict[str, Any], way: tuple[Any, ...], new: Any) -> dict[str, Any]:
    copy = deepcopy(document)
    *above, last = way
    holder: Any = copy
    for key in above:
        holder = holder[key]
    if new is None:
        del holder[last]
    else:
        holder[last] = new
    return copy


@pytest.mark.parametrize("new", [None, "other", 0, [], {}])
def test_every_field_counts(document: dict[str, Any], tmp_path: Path, new: Any) -> None:
    whole = json.loads(sealed(document, KEY))
    for way in places(whole):
        changed = edited(whole, way, new)
        if changed == whole:
            continue
        with pytest.raises(UsageError, match="is refused"):
            read(tmp_path / "receipt", written(changed).encode(), KEY)


@pytest.mark.parametrize("new", [None, "other", 0, [], {}])
def test_a_field_of_a_wrong_kind_is_refused_though_it_is_sealed(
    document: dict[str, Any], tmp_path: Path, new: Any
) -> None:
    """Who knows the digest can seal anything: it is refused, or read as it stands, and never a crash."""
    for way in places(document):
        changed = edited(document, way, new)
        try:
            read(tmp_path / "receipt", sealed(changed, None).encode(), None)
        except UsageError as error:
            assert "is refused" in error.message
