import pytest

from driftaudit.detect.layout import Layout, find_layout

API = ("api/index.js", "api/package.json", "api/src/app.js", "api/src/db/pool.js", "api/src/routes/calls.js")


def without(paths: tuple[str, ...], folder: str) -> tuple[str, ...]:
    return tuple(path.removeprefix(f"{folder}/") for path in paths)


def test_the_repository_as_it_is_needs_no_map() -> None:
    layout = find_layout(API, API)
    assert layout.is_identity
    assert layout.absent == ()
    assert (layout.placements[0].live, layout.placements[0].files) == (5, 5)


def test_the_repository_as_it_is_though_half_of_it_is_not_deployed() -> None:
    docs = tuple(f"docs/{number}.md" for number in range(4))
    layout = find_layout((*API, *docs), (*API, "logs/out.log"))
    assert layout.is_identity
    assert layout.absent == ("docs",)


def test_a_folder_that_is_the_root() -> None:
    layout = find_layout((*API, "README.md", "web/index.html"), without(API, "api"))
    assert layout.pairs == (("api", ""),)
    assert layout.absent == ()


def test_the_children_of_a_folder_that_are_live() -> None:
    rest = ("api/tests/a.test.js", "api/tests/b.test.js", "api/Dockerfile", "README.md")
    layout = find_layout((*API, *rest), (*without(API, "api"), "logs/out.log"))
    assert layout.pairs == (
        ("api/index.js", "index.js"),
        ("api/package.json", "package.json"),
        ("api/src", "src"),
    )
    assert layout.absent == ("api/Dockerfile", "api/tests")


def test_a_root_below_the_folder() -> None:
    assert find_layout(API, ("app.js", "db/pool.js", "routes/calls.js")).pairs == (("api/src", ""),)


def test_the_repository_in_a_folder_of_the_root() -> None:
    live = (*(f"app/{path}" for path in API), "nginx.conf")
    assert find_layout(API, live).pairs == (("", "app"),)


def test_two_folders_in_two_places() -> None:
    backend = ("backend/server.js", "backend/lib/a.js", "backend/lib/b.js", "backend/package.json")
    frontend = ("frontend/dist/index.html", "frontend/dist/assets/app.js", "frontend/src/app.tsx")
    live = ("server.js", "lib/a.js", "lib/b.js", "package.json", "public/index.html", "public/assets/app.js")
    assert find_layout((*backend, *frontend, "README.md"), live).pairs == (
        ("backend", ""),
        ("frontend/dist", "public"),
    )


def test_a_folder_beside_the_one_that_is_the_root() -> None:
    shared = ("shared/one.js", "shared/two.js", "docs/a.md", "docs/b.md", "docs/c.md")
    live = (*without(API, "api"), "shared/one.js", "shared/two.js")
    assert find_layout((*API, *shared), live).pairs == (("api", ""), ("shared", "shared"))


def test_a_folder_that_was_moved_since_is_no_second_place() -> None:
    ours = ("api/index.js", "api/src/app.js", "api/src/lib/database/pool.js", "api/src/lib/database/redis.js")
    live = ("index.js", "src/app.js", "src/db/pool.js", "src/db/redis.js")
    assert find_layout(ours, live).pairs in (
        (("api", ""),),
        (("api/index.js", "index.js"), ("api/src", "src")),
    )


@pytest.mark.parametrize(
    ("ours", "live"),
    [
        (API, ("wp-config.php", "index.php", "wp-content/a.php")),
        (API, ()),
        ((), API),
        ((*API, "README.md"), ("README.md", "main.go", "go.mod", "cmd/a.go")),
        (("README.md", "index.html", "app.js"), ("README.md", "main.go", "go.mod", "cmd/a.go")),
    ],
)
def test_a_foreign_tree(ours: tuple[str, ...], live: tuple[str, ...]) -> None:
    assert find_layout(ours, live) == Layout()


def test_a_site_of_one_file() -> None:
    assert find_layout(("site/index.html", "README.md"), ("index.html",)).pairs == (("site", ""),)


def test_names_that_a_configuration_cannot_hold_are_left_out() -> None:
    ours = (
        "api/~old/a.js",
        "api/two\nlines/b.js",
        "api/src/a.js",
        "api/src/b.js",
        *(f"api/x/{n}" for n in range(9)),
    )
    live = ("~old/a.js", "two\nlines/b.js", "src/a.js", "src/b.js")
    assert find_layout(ours, live).pairs == (("api/src", "src"),)
    assert find_layout(("a\nb/x", "a\nb/y"), ("x", "y")) == Layout()


def test_a_name_that_is_everywhere_costs_little() -> None:
    ours = [f"app/{number}/__init__.py" for number in range(3000)] + ["app/main.py", "app/wsgi.py"]
    live = [path.removeprefix("app/") for path in ours]
    assert find_layout(ours, live).pairs == (("app", ""),)
