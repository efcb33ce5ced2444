"""An independent review: by a person of the office who neither receipted nor reported."""

from dataclasses import replace
from datetime import date

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Cause, Move, Status
from junheng.domain.ledger.remediation import Act, Remediation
from tasks.ledger import acts
from tasks.ledger.acts import ActRefused
from tasks.ledger.ledger import SYSTEM, Ledger
from tests.tasks.ledgers import MONDAY, REFERENCE, TUESDAY, WEDNESDAY, events, hand_over

CLERK, HEAD = "创建办联系人", "创建办负责人"


def done(move: Move, by: str, *, on: date = TUESDAY, cause: Cause | None = None) -> Remediation:
    wanted = Act(move, by, on, reason="核实", cause=cause, text="已整改")
    return acts.act(REFERENCE, wanted, now=clock.now())


def refused(move: Move, by: str, *, cause: Cause | None = None) -> str:
    with pytest.raises(ActRefused) as error:
        done(move, by, cause=cause)
    return str(error.value.args[0])


class TestAnItemOfAUnit:
    @pytest.fixture(autouse=True)
    def _reported(self) -> None:
        hand_over("T06")
        done(Move.REPORT, "张三")

    @pytest.mark.parametrize("by", [CLERK, HEAD, "创建办", f"{CLERK}（创建办）"])
    def test_is_reviewed_by_the_office(self, by: str) -> None:
        assert done(Move.REVIEW, by).status is Status.REVIEWED

    def test_is_not_reviewed_by_somebody_else(self) -> None:
        said = refused(Move.REVIEW, "王五")

        assert "王五不在其中" in said
        assert CLERK in said
        assert events()[-1].kind == "refused"

    @pytest.mark.parametrize(
        "by",
        [
            "张三",
            "张三（区教育局）",
            "张三(",
            " 张\u3000三",
            "张三\u200b",
            "（张三）",
            "创建办（张三）",
        ],
    )
    def test_is_not_reviewed_by_the_person_who_reported_it(self, by: str) -> None:
        assert f"签收或反馈过 {REFERENCE}，不能再由本人“复核”" in refused(Move.REVIEW, by)

    def test_is_not_closed_by_the_person_who_reported_it(self) -> None:
        assert "不能再由本人" in refused(Move.OVERRIDE_CLOSE, "张三", cause=Cause.REAL_GAP)


def test_staff_of_the_office_who_receipted_an_item_do_not_review_it() -> None:
    hand_over("T06")
    done(Move.RECEIPT, CLERK)
    done(Move.REPORT, "张三")

    assert f"办理：{HEAD}" in refused(Move.REVIEW, CLERK)


@pytest.mark.parametrize(
    "reporter", ["创建办联系人\u200d", f"{CLERK}【区教育局】", f"{CLERK}、区财政局", f"（{CLERK}）"]
)
def test_a_reporter_is_recognised_in_every_spelling(reporter: str) -> None:
    hand_over("T06")
    done(Move.REPORT, reporter)

    assert "不能再由本人" in refused(Move.REVIEW, CLERK)


def test_the_office_as_such_does_not_review_what_its_staff_reported() -> None:
    hand_over("T06")
    done(Move.REPORT, CLERK)

    said = refused(Move.REVIEW, "创建办")

    assert said.endswith(f"可以由以下人员办理：{HEAD}。人员有变动的，请先更新 contacts.yaml")
    assert "不能再由本人" in refused(Move.REVIEW, f"创建办（{CLERK}）")


def test_a_refused_act_does_not_restart_the_unit() -> None:
    hand_over("T06")
    done(Move.REPORT, CLERK)
    refused(Move.REASSIGN, HEAD)
    refused(Move.RECEIPT, HEAD)

    assert "不能再由本人" in refused(Move.REVIEW, CLERK)
    assert done(Move.REVIEW, HEAD).status is Status.REVIEWED


def test_a_relapse_begins_again() -> None:
    hand_over("T06")
    done(Move.REPORT, CLERK)
    done(Move.OVERRIDE_CLOSE, HEAD, cause=Cause.REAL_GAP)
    with bootstrap.session() as session:
        ledger = Ledger.of(session, bootstrap.rulebook(), now=clock.now())
        drafted = ledger.act(acts.find(ledger, REFERENCE), Act(Move.REOPEN, SYSTEM, WEDNESDAY))
        ledger.hand_over(drafted, by="创建办", on=WEDNESDAY)
    done(Move.REPORT, HEAD, on=WEDNESDAY)

    assert done(Move.REVIEW, CLERK, on=WEDNESDAY).status is Status.REVIEWED


class TestAnItemThatTheOfficeLeads:
    @pytest.fixture(autouse=True)
    def _reported(self) -> None:
        hand_over("T06", lead="创建办", supporting=())
        done(Move.REPORT, CLERK, on=TUESDAY)

    def test_is_reviewed_by_another_named_person(self) -> None:
        assert done(Move.REVIEW, HEAD).status is Status.REVIEWED

    @pytest.mark.parametrize("by", ["创建办", "王五"])
    def test_is_reviewed_by_no_office_as_such_and_no_stranger(self, by: str) -> None:
        said = refused(Move.REVIEW, by)

        assert "由创建办自己牵头" in said
        assert HEAD in said.rpartition("可以由以下人员办理：")[2]

    def test_is_reviewed_by_the_head_of_the_leading_group(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rulebook = bootstrap.rulebook()
        head = rulebook.contacts.contacts[0].model_copy(
            update={"units": ("领导小组",), "name": "分管区长", "until": None, "from_": MONDAY}
        )
        people = rulebook.contacts.model_copy(
            update={"contacts": (*rulebook.contacts.contacts, head)}
        )
        changed = replace(rulebook, contacts=people)
        monkeypatch.setattr(bootstrap, "rulebook", lambda: changed)

        assert done(Move.REVIEW, "分管区长").status is Status.REVIEWED
