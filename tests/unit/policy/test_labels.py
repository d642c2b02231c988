"""What patterns say a path is."""

from hypothesis import given
from hypothesis import strategies as st

from driftaudit.policy.labels import Labels, merged
from driftaudit.policy.policy import load_policy


def test_a_path_has_every_label_that_a_pattern_gives_it() -> None:
    labels = Labels({"generated": ["node_modules/"], "secret": ["*.pem"]})
    assert labels.of("node_modules/a/server.pem") == ("generated", "secret")
    assert labels.of("server.pem") == ("secret",)
    assert labels.of("src/app.js") == ()


def test_a_folder_is_labelled_as_a_folder() -> None:
    labels = Labels({"runtime": ["logs/"]})
    assert labels.of("logs", is_directory=True) == ("runtime",)
    assert labels.of("logs") == ()


def test_any_of_never_denies_a_label() -> None:
    labels = Labels({"runtime": ["logs/", "!logs/keep"], "secret": [".env"]})
    assert [labels.any_of(path) for path in (".env", "logs/a", "logs/keep", "a")] == [True, True, True, False]
    assert labels.any_of("logs", is_directory=True)


def test_patterns_are_given_back_in_order() -> None:
    labels = Labels({"runtime": ["b", "!a"]})
    assert labels.patterns("runtime") == ("b", "!a")
    assert labels.patterns("secret") == ()
    assert labels.names() == ("runtime",)


def test_a_label_without_patterns_is_nobodys() -> None:
    assert Labels({"generated": []}).of("a") == ()
    assert Labels({}).of("a") == ()


def test_a_later_layer_overrules_an_earlier_one() -> None:
    core, pack, project = (
        {"secret": ["*.key"]},
        {"secret": ["!demo.key"], "runtime": ["var/"]},
        {"secret": ["*.key"]},
    )
    assert merged([core, pack, project]) == {"secret": ("*.key", "!demo.key", "*.key"), "runtime": ("var/",)}
    assert Labels(merged([core, pack])).of("demo.key") == ()
    assert Labels(merged([core, pack, project])).of("demo.key") == ("secret",)


def test_a_name_that_is_not_utf_8_can_be_a_secret() -> None:
    assert Labels({"secret": ["*.pem"]}).of("caf\udce9/server.pem") == ("secret",)


name_bytes = st.sampled_from([b"node_modules", b"a.log", b"\xff", b".env", b"media", b"x y", b"src"])
path_bytes = st.lists(name_bytes, min_size=1, max_size=4)


@given(st.lists(path_bytes.map(b"/".join), max_size=20))
def test_looking_for_labels_among_all_paths_at_once_finds_what_asking_each_finds(paths: list[bytes]) -> None:
    labels = load_policy(None, {"own": ["/media/**/x*", "[ab]*"]}, ()).labels
    plain = load_policy(None, {}, ()).labels
    decoded = {path.decode("utf-8", "surrogateescape") for path in paths}
    for asked in (labels, plain):
        assert asked.among(b"\0".join(paths)) == {path for path in decoded if asked.any_of(path)}
        assert asked.among(b"".join(path + b"\0" for path in paths)) == asked.among(b"\0".join(paths))
