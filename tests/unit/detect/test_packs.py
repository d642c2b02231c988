import pytest

from driftaudit.detect.packs import find_packs
from driftaudit.policy.packs import available_packs

SHIPPED = ("node", "pm2", "python", "core")


def test_each_pack_names_the_file_that_speaks_for_it() -> None:
    paths = ["api/package.json", "package.json", "worker/requirements.txt", "ecosystem.config.js"]
    assert find_packs(paths, [], SHIPPED) == {
        "node": "package.json",
        "python": "worker/requirements.txt",
        "pm2": "ecosystem.config.js",
    }


def test_pm2_from_its_home_or_a_script() -> None:
    assert find_packs([".pm2"], [], SHIPPED) == {"pm2": ".pm2"}
    assert find_packs(["package.json"], ["package.json"], SHIPPED) == {
        "node": "package.json",
        "pm2": "package.json",
    }


def test_what_lies_deep_says_nothing_of_the_whole() -> None:
    assert find_packs(["docs/site/theme/package.json"], [], SHIPPED) == {}


@pytest.mark.parametrize(
    "name", ["composer.json", "wp-config.php", "web/wp-config.php", "artisan", "api/artisan", "wp-load.php"]
)
def test_php_from_what_its_frameworks_leave(name: str) -> None:
    assert find_packs([name, "index.php"], [], available_packs()) == {"php": name}


def test_only_packs_that_are_shipped() -> None:
    assert find_packs(["composer.json"], [], SHIPPED) == {}
    assert find_packs(["composer.json"], [], (*SHIPPED, "php")) == {"php": "composer.json"}
