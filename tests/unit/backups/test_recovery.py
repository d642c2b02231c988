"""What is not as it was, and what has it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from driftaudit.backups.choosing import Wishes, fillings
from driftaudit.backups.recovery import Archived, Sources, TreesOfLoss, Version, recovery_plan
from driftaudit.model.entry import Entry, Kind
from driftaudit.model.recovery import GiverKind, Hole, HoleState, RecoveryPlan
from tests.unit.backups.samples import file, folder, link

AT = datetime(2025, 11, 3, tzinfo=UTC)
OCTOBER = datetime(2025, 10, 30, tzinfo=UTC)
DECEMBER = datetime(2025, 12, 1, tzinfo=UTC)

NOTHING = Sources()


def archived(*entries: Entry, made_at: datetime = OCTOBER, prefix: str = "top/") -> Archived:
    inside = [replace(entry, path=prefix + entry.path) for entry in entries]
    placed = {entry.path: original for entry, original in zip(entries, inside, strict=True)}
    return Archived("b.tar.gz", made_at, placed, {each.contents[0]: each for each in inside if each.contents})


def plan(
    was: Sequence[Entry], live: Sequence[Entry], sources: Sources = NOTHING, **facts: object
) -> RecoveryPlan:
    return recovery_plan(TreesOfLoss(was, live, AT, **facts), sources)  # type: ignore[arg-type]


def only(found: RecoveryPlan) -> Hole:
    (hole,) = found.holes
    return hole


def test_what_is_as_it_was_is_no_hole() -> None:
    entries = [folder("d"), file("d/a"), link("l", "d/a")]
    found = plan(entries, [replace(entry, modified_ns=5) for entry in entries])
    assert (found.holes, found.whole, found.folders, found.new) == ((), 2, (), ())


def test_each_source_is_named_the_quickest_first() -> None:
    content = file("a").contents[0]
    sources = Sources([archived(file("a"))], {content: "abc: a"}, {content})
    hole = only(plan([file("a")], [file("copy")], sources))
    assert hole.state is HoleState.LOST
    assert [giver.kind for giver in hole.givers] == [
        GiverKind.COMMIT,
        GiverKind.RESCUE,
        GiverKind.BACKUP,
        GiverKind.LIVE,
    ]
    assert hole.givers[2].entry.path == "top/a"


def test_links_and_empty_files_need_no_source() -> None:
    found = plan([link("l", "x"), file("e", "")], [])
    assert [hole.givers[0].kind for hole in found.holes] == [GiverKind.SNAPSHOT] * 2


def test_a_backup_from_before_shows_a_version_to_be_older() -> None:
    now, was = file("a", "old", at=9000), file("a", "new", at=1000)
    assert only(plan([was], [now], Sources([archived(file("a", "old"))]))).state is HoleState.OLDER
    later = Sources([archived(file("a", "old"), made_at=DECEMBER)])
    assert only(plan([was], [now], later)).state is HoleState.CHANGED


def test_git_shows_which_of_two_versions_is_older() -> None:
    old, new = file("a", "old", at=9000), file("a", "new", at=9000)
    versions = {
        ("a", old.contents[0]): Version("1" * 10, OCTOBER),
        ("a", new.contents[0]): Version("2" * 10, AT),
    }
    hole = only(plan([new], [old], Sources(versions=versions)))
    assert (hole.state, hole.why) == (HoleState.OLDER, "it is as 1111111111 of 2025-10-30 brought it")
    hole = only(plan([old], [new], Sources(versions=versions)))
    assert (hole.state, hole.why) == (HoleState.CHANGED, "it is as 2222222222 of 2025-11-03 brought it")


def test_an_earlier_time_shows_it_where_nothing_else_does() -> None:
    assert only(plan([file("a", "new", at=2000)], [file("a", "old", at=1000)])).state is HoleState.OLDER
    assert only(plan([file("a", "new", at=1000)], [file("a", "old", at=2000)])).state is HoleState.CHANGED


def test_another_mode_or_kind_is_a_change() -> None:
    hole = only(plan([file("a", executable=True)], [file("a")]))
    assert (hole.state, hole.why, hole.unsaved) == (HoleState.CHANGED, "its mode is another", False)
    hole = only(plan([file("a")], [folder("a"), file("a/b", "y")]))
    assert (hole.state, hole.in_the_way) == (HoleState.CHANGED, "a")
    hole = only(plan([folder("a"), file("a/b")], [link("a", "/etc")], Sources([archived(file("a/b"))])))
    assert (hole.state, hole.in_the_way) == (HoleState.LOST, "a"), "nothing is written through a link"


def test_what_could_not_be_seen_is_not_called_lost() -> None:
    found = plan([file("d/a"), folder("d/e")], [folder("d")], unseen={"d"})
    assert only(found).state is HoleState.UNKNOWN
    assert found.folders == ()
    assert fillings(found.holes, Wishes(True, True, True)) == ((), ())


def test_what_the_application_changes_is_expected_and_what_it_lost_is_lost() -> None:
    was, live = [file("l.log", "1"), file("m.log", "2")], [file("l.log", "12")]
    found = plan(was, live, is_runtime=lambda path: path.endswith(".log"))
    assert (found.expected, only(found).path, found.whole) == (1, "m.log", 0)


def test_a_secret_is_judged_by_size_and_time() -> None:
    was = file("s", "1").without_content()
    found = plan([was, file("t")], [file("s", "2"), file("t")])
    assert (found.holes, found.whole, found.unproven) == ((), 2, 1)
    assert only(plan([was], [file("s", "22")])).state is HoleState.CHANGED
    assert only(plan([was], [file("s", "2", at=5)])).state is HoleState.UNKNOWN
    hole = only(plan([was], [], Sources([archived(file("s", "3"), file("t"))])))
    assert (hole.givers[0].is_proven, hole.givers[0].entry.path) == (False, "top/s")
    assert only(plan([was], [], Sources([archived(file("s", "3", at=9))]))).givers == ()


def test_lost_folders_and_sockets_are_told_apart() -> None:
    socket = Entry("s", Kind.SPECIAL, "140000")
    found = plan([folder("d"), folder("d/e"), socket], [])
    assert ([each.path for each in found.folders], found.specials, found.holes) == (["d", "d/e"], 1, ())
    assert plan([folder("d")], [file("d")]).folders == ()


def test_a_checkout_that_is_gone_is_in_no_source() -> None:
    checkout = replace(folder("x/.git"), pruned=True)
    assert only(plan([checkout], [])).givers == ()
    assert plan([checkout], [checkout]).holes == ()


def test_only_what_is_lost_is_filled_unless_more_is_wished() -> None:
    was = [file("gone"), file("old", "new", at=9), file("never", "never"), file("s", "s")]
    live = [file("old", "old", at=5)]
    sources = Sources([archived(file("gone"), file("old", "new"), file("never", "before"), file("s", "s"))])
    holes = plan(was, live, sources, is_secret=lambda path: path == "s").holes

    def filled(wishes: Wishes) -> list[str]:
        return [filling.hole.path for filling in fillings(holes, wishes)[0]]

    assert filled(Wishes()) == ["gone"]
    assert filled(Wishes(secrets=True)) == ["gone", "s"]
    assert filled(Wishes(fill_older=True)) == ["gone", "never"]
    assert filled(Wishes(older=True)) == ["gone"], "what is live exists nowhere else"
    assert [hole.path for hole in fillings(holes, Wishes())[1]] == ["s"]
    kept = Sources([*sources.backups, archived(file("old", "old"))])
    holes = plan(was, live, kept).holes
    assert filled(Wishes(older=True)) == ["gone", "old", "s"]
