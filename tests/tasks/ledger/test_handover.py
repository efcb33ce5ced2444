"""The handover list: a change of a unit with the references of its open remediations."""

from datetime import UTC, date, datetime

import pytest

from junheng import bootstrap
from junheng.domain.ledger.lifecycle import Move, Status
from junheng.domain.ledger.remediation import Act, Part, Remediation
from junheng.domain.people.handover import What
from junheng.store import remediations
from tasks.ledger.handover import HandOver, handovers
from tasks.ledger.ledger import Ledger

OPENED, DUE = date(2019, 1, 14), date(2019, 2, 22)
BEFORE, REFORM = date(2019, 2, 28), date(2019, 3, 1)
PLANNING, LAND = "区规划分局", "区国土资源分局"


@pytest.fixture(autouse=True)
def _open_before_the_reform() -> None:
    """Create four remediations that are open on Monday 14 January 2019."""
    answering = [
        (PLANNING, (LAND, "泥沟镇")),
        (LAND, ()),
        ("区教育局", (LAND, PLANNING)),
        ("区财政局", ()),
    ]
    with bootstrap.session() as session:
        ledger = Ledger.of(session, bootstrap.rulebook(), now=datetime(2019, 1, 14, tzinfo=UTC))
        for number, (lead, supporting) in enumerate(answering, start=1):
            drafted = draft(f"370405-2018-{number:04d}", lead, supporting)
            ledger.draft(drafted, by="系统", on=OPENED, evaluation_id=None)
            ledger.hand_over(drafted, by="创建办", on=OPENED)


def draft(reference: str, lead: str, supporting: tuple[str, ...]) -> Remediation:
    return Remediation(
        reference=reference,
        indicator="T02",
        unit=lead,
        period="",
        unit_name=lead,
        town="",
        school_year=2018,
        followed_year=2018,
        lead=lead,
        basis="重点任务2",
        items=(),
        status=Status.DRAFTED,
        opened_on=OPENED,
        receipt_due_on=OPENED,
        due_on=DUE,
        parts=tuple(Part(unit, OPENED, DUE) for unit in supporting),
    )


def renamed(unit: str) -> HandOver:
    (found,) = [
        item
        for item in handovers(since=BEFORE, until=REFORM)
        if (item.change.unit, item.change.what) == (unit, What.NAME)
    ]
    return found


def test_a_renamed_unit_hands_over_what_it_leads_and_supports() -> None:
    planning = renamed(PLANNING)

    assert (planning.change.after, planning.change.on) == ("区自然资源局", REFORM)
    assert planning.leads == ("370405-2018-0001",)
    assert planning.supports == ("370405-2018-0003",)


def test_two_merged_units_have_the_same_new_name() -> None:
    land = renamed(LAND)

    assert land.change.after == "区自然资源局"
    assert land.leads == ("370405-2018-0002",)
    assert land.supports == ("370405-2018-0001", "370405-2018-0003")


def test_each_change_of_a_unit_has_its_open_remediations() -> None:
    found = [item for item in handovers(since=BEFORE, until=REFORM) if item.change.unit == PLANNING]

    assert [item.change.what for item in found] == [What.NAME, What.CONTACT, What.HEAD]
    assert {item.leads for item in found} == {("370405-2018-0001",)}


def test_an_unchanged_unit_is_not_listed() -> None:
    units = {item.change.unit for item in handovers(since=BEFORE, until=REFORM)}

    assert not units & {"区教育局", "区财政局", "泥沟镇"}
    assert handovers(since=REFORM, until=date(2025, 11, 3)) == ()


def test_suspended_remediations_are_listed() -> None:
    with bootstrap.session() as session:
        ledger = Ledger.of(session, bootstrap.rulebook(), now=datetime(2019, 2, 1, tzinfo=UTC))
        first = remediations.numbered(session, "370405", "370405-2018-0001")
        act = Act(Move.SUSPEND, "创建办", OPENED, reason="征地", approved_by="分管领导")
        assert ledger.act(first, act).status is Status.SUSPENDED

    assert renamed(PLANNING).leads == ("370405-2018-0001",)
