"""Whatever a first configuration is written from: it is read again, and says the same."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from driftaudit.config.settings import Settings, load_settings
from driftaudit.detect.document import document
from driftaudit.detect.layout import Layout, Placement, can_be_written
from driftaudit.detect.releases import Releases
from driftaudit.detect.survey import Survey

names = st.text(st.characters(exclude_characters="/\0", codec=None), min_size=1, max_size=20)
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
writable = paths.filter(can_be_written)
pairs = st.lists(
    st.tuples(st.just("") | writable, st.just("") | writable), max_size=4, unique_by=lambda pair: pair[0]
)
urls = writable.map(lambda path: f"ssh://user@host/{path}")
placements = st.builds(Placement, paths, paths, st.integers(0, 9), st.integers(0, 9))
layouts = st.builds(
    Layout,
    pairs.map(tuple),
    st.lists(placements, max_size=2).map(tuple),
    st.lists(paths, max_size=7).map(tuple),
)
releases = st.none() | st.builds(Releases, paths, st.lists(writable, max_size=3).map(tuple))
surveys = st.builds(
    Survey,
    name=st.sampled_from(["production", "stage-2", "null", "1", "ä"]),
    url=urls,
    files=st.integers(0, 9),
    layout=layouts,
    packs=st.dictionaries(st.sampled_from(["node", "python"]), paths),
    releases=releases,
    left_out=st.lists(paths, max_size=2).map(tuple),
)


def read(text: str) -> Settings:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "driftaudit.yml"
        file.write_bytes(text.encode())
        return load_settings(file)


@given(surveys)
def test_it_reads_back_as_it_was_meant(survey: Survey) -> None:
    target = read(document(survey)).targets[survey.name]
    assert target.url == survey.url
    is_mapped = survey.layout.pairs and not survey.layout.is_identity
    assert target.desired.mapping.pairs == (survey.layout.pairs if is_mapped else (("", ""),))
    assert target.packs == (tuple(survey.packs) or None)
    if survey.releases:
        assert target.deploy is not None
        assert (target.deploy.method, target.deploy.shared) == ("release", survey.releases.shared)
    else:
        assert target.deploy is None


def test_each_deploy_that_is_proposed_can_be_taken_as_it_stands() -> None:
    text = document(Survey("production", "/srv/app", 0, Layout(), {}))
    start = text.index("    # deploy:\n")
    proposed = text[start : text.index("    # Rule packs")].split("    # deploy:\n")[1:]
    methods = []
    for block in proposed:
        lines = re.sub(r"(?m)^    # ", "    ", block)
        deploy = read(f"{text[:start]}    deploy:\n{lines}").targets["production"].deploy
        assert deploy is not None
        methods.append(deploy.method)
    assert methods == ["replace", "overlay", "mirror", "release"]
