"""The samples in reports/ against what the formats write now."""

import pytest

from docs.samples import FILES, FOLDER, samples


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return samples()


@pytest.mark.parametrize("name", FILES)
def test_a_sample_is_what_is_written_now(name: str, written: dict[str, str]) -> None:
    kept = (FOLDER / name).read_bytes() if (FOLDER / name).exists() else b""
    assert kept == written[name].encode(), f"reports/samples/{name} is stale: make samples"


def test_nothing_else_lies_there() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(FILES)


def test_a_sample_names_no_place_of_this_machine(written: dict[str, str]) -> None:
    for text in written.values():
        assert "/tmp/" not in text
        assert "/var/" not in text
