"""The history in a real database: one chain, with concurrent writers and killed processes."""

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from junheng.domain.history import hash_chain
from junheng.domain.history.hash_chain import BEGINNING, EventKind, Happening, Linked
from junheng.store import history
from junheng.store.database import database
from junheng.store.database.failures import DatabaseUnusable
from junheng.store.history import History
from tests.store import telling
from tests.store.telling import DIES, DISTRICT, tell, tell_many


def whole(address: str, district: str = DISTRICT) -> tuple[Linked, ...]:
    with database.session(address) as session:
        return tuple(history.whole(session, district))


def in_a_process(address: str, by: str, times: int, *rest: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", telling.__name__, address, by, str(times), *rest]
    return subprocess.Popen(command)


def tell_and_fail(address: str) -> None:
    with database.session(address) as session:
        tell(session, "没有提交")
        raise DatabaseUnusable


def assert_one_chain(chain: tuple[Linked, ...], wanted: dict[str, int]) -> None:
    assert hash_chain.breaks(chain) == ()
    assert [link.event.sequence for link in chain] == list(range(1, sum(wanted.values()) + 1))
    assert Counter(link.event.by for link in chain) == wanted


def test_an_event_is_read_back_as_it_was_hashed(address: str) -> None:
    reason = '“反馈”\n第二行\t‘’\\ " 𠀀 e\u0301 ０　'
    with database.session(address) as session:
        tell(session, reason)

    (link,) = whole(address)
    assert link.event.reason == reason
    assert hash_chain.breaks([link]) == ()


def test_events_of_one_transaction_are_linked_in_order(address: str) -> None:
    with database.session(address) as session:
        for number in range(3):
            tell(session, str(number))

    assert_one_chain(whole(address), {"区财政局": 3})


def test_each_district_has_a_chain_of_its_own(address: str) -> None:
    with database.session(address) as session:
        for district in ("370405", "370404", "370405"):
            tell(session, "", district=district)
        found = {linked.event.district_code for linked in history.every_chain(session)}
        assert sorted(found) == ["370404", "370405"]

    assert [len(whole(address, district)) for district in ("370404", "370405")] == [1, 2]
    assert hash_chain.breaks(whole(address)) == ()


def test_the_head_is_the_hash_of_the_newest_event(address: str) -> None:
    with database.session(address) as session:
        assert history.head(session, DISTRICT) == BEGINNING
        tell(session, "一")
        tell(session, "二")

    last = whole(address)[-1]
    with database.session(address) as session:
        assert history.head(session, DISTRICT) == last.hash
        newest = history.newest(session, DISTRICT, EventKind.REPLIED)
        assert newest is not None
        assert newest.reason == "二"
        assert history.newest(session, DISTRICT, EventKind.MOVED) is None


def test_concurrent_threads_append_to_one_chain(address: str) -> None:
    database.engine(address)
    writers = [f"单位{number}" for number in range(4)]

    with ThreadPoolExecutor(len(writers)) as pool:
        list(pool.map(lambda by: tell_many(address, by=by, times=15), writers))

    assert_one_chain(whole(address), dict.fromkeys(writers, 15))


def test_concurrent_processes_append_to_one_chain(address: str) -> None:
    writers = [f"单位{number}" for number in range(3)]

    running = [in_a_process(address, by, 15) for by in writers]

    assert [process.wait(timeout=300) for process in running] == [0, 0, 0]
    assert_one_chain(whole(address), dict.fromkeys(writers, 15))


def test_a_failed_transaction_leaves_no_gap(address: str) -> None:
    with database.session(address) as session:
        tell(session, "一")
    with pytest.raises(DatabaseUnusable):
        tell_and_fail(address)
    with database.session(address) as session:
        tell(session, "二")

    assert [link.event.reason for link in whole(address)] == ["一", "二"]
    assert_one_chain(whole(address), {"区财政局": 2})


def test_a_process_that_dies_before_it_commits_leaves_no_gap(address: str) -> None:
    assert in_a_process(address, "甲", 2, DIES).wait(timeout=60) == -9

    with database.session(address) as session:
        tell(session, "之后", by="乙")

    assert_one_chain(whole(address), {"甲": 2, "乙": 1})
    assert "没有提交" not in {link.event.reason for link in whole(address)}


def test_snapshots_are_the_newest_up_to_a_day(address: str) -> None:
    with database.session(address) as session:
        chain = History.of(session, DISTRICT, now=datetime(2025, 11, 3, 1, 30, tzinfo=UTC))
        for day, reference, details in (
            (3, "0002", {"became": {"n": 1}}),
            (3, "0001", {"became": {"n": 2}}),
            (5, "0001", {"became": {"n": 3}}),
            (5, "0001", {"text": '"became":{', "became_": "%"}),
            (6, "0001", {"became": {"n": 4}}),
            (3, "", {"became": {"n": 5}}),
        ):
            chain.tell(
                Happening(
                    kind=EventKind.MOVED,
                    day=date(2025, 11, day),
                    by="张三",
                    reference=reference,
                    details=details,
                )
            )

        by_day = {
            day: history.snapshots(session, DISTRICT, until=date(2025, 11, day))
            for day in (2, 3, 5, 6)
        }
    assert by_day == {
        2: (),
        3: ({"n": 2}, {"n": 1}),
        5: ({"n": 3}, {"n": 1}),
        6: ({"n": 4}, {"n": 1}),
    }
