"""What patterns say a path is."""

from driftaudit.policy.labels import Labels, merged


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
