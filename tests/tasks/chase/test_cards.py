"""Owing: each card is a row before it is a message; one for each contact and day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.ledger.lifecycle import Move, Status
from junheng.domain.ledger.remediation import Act
from junheng.domain.people.contacts import Contact, Contacts
from junheng.store import findings, notices, remediations
from tasks.chase import cards
from tasks.ledger import acts
from tests.tasks.owed_cards import (
    DAY_AFTER,
    DEPARTMENTS,
    DISTRICT,
    DUE,
    MONDAY,
    TUESDAY,
    open_remediations,
    owed_to_everyone,
    send,
    statuses,
)


class TestOweCards:
    def test_each_lead_is_owed_one_card_for_the_day(self) -> None:
        open_remediations(*DEPARTMENTS, "区教育局")

        assert cards.owe_cards(MONDAY, clock=clock.now) == 3

    def test_a_second_run_on_the_same_day_owes_nothing_more(self) -> None:
        open_remediations(*DEPARTMENTS)

        assert [
            cards.owe_cards(MONDAY, clock=clock.now),
            cards.owe_cards(MONDAY, clock=clock.now),
        ] == [3, 0]

    def test_the_next_day_owes_nothing_while_no_rung_is_reached(self) -> None:
        owed_to_everyone()
        send()

        assert cards.owe_cards(TUESDAY, clock=clock.now) == 0

    def test_nothing_is_owed_on_saturday_8_november(self) -> None:
        open_remediations(*DEPARTMENTS)

        assert cards.owe_cards(date(2025, 11, 8), clock=clock.now) == 0

    def test_no_second_card_is_owed_while_the_first_is_unsent(self) -> None:
        open_remediations("区教育局")

        cards.owe_cards(MONDAY, clock=clock.now)

        assert cards.owe_cards(DAY_AFTER, clock=clock.now) == 0

    def test_a_rung_reached_while_the_first_card_waited_is_on_the_second(self) -> None:
        open_remediations("区教育局")
        cards.owe_cards(MONDAY, clock=clock.now)
        cards.owe_cards(DUE, clock=clock.now)
        send()

        cards.owe_cards(DAY_AFTER, clock=clock.now)

        with bootstrap.session() as session:
            assert "■ 催办 1项" in notices.listing(session, DISTRICT)[-1].text

    def test_after_an_outage_of_two_weeks_one_card_has_the_status_of_today(self) -> None:
        open_remediations("区教育局")
        for day in (MONDAY, TUESDAY, DUE):
            cards.owe_cards(day, clock=clock.now)

        cards.owe_cards(DAY_AFTER, clock=clock.now)

        with bootstrap.session() as session:
            (card,) = notices.owed(session, DISTRICT)
        assert card.planned_on == DAY_AFTER
        assert "■ 新交办·催办 1项" in card.text

    def test_a_card_of_a_merged_department_goes_to_the_new_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        open_remediations("区教育局")
        cards.owe_cards(MONDAY, clock=clock.now)
        merged = Contact(units=("区教育局", "区体育局"), name="合并后的", chat="#新频道")
        monkeypatch.setattr(Contacts, "of", lambda *_: merged)

        cards.owe_cards(TUESDAY, clock=clock.now)

        assert statuses() == ["withdrawn", "owed"]
        with bootstrap.session() as session:
            assert notices.owed(session, DISTRICT)[0].address == "#新频道"

    def test_a_card_withdrawn_today_is_owed_again_for_a_change_of_today(self) -> None:
        open_remediations("区教育局")
        cards.owe_cards(MONDAY, clock=clock.now)
        report = Act(Move.REPORT, "区教育局联系人", MONDAY, text="已完成")
        acts.act(f"{DISTRICT}-2025-0001", report, now=clock.now())
        cards.owe_cards(MONDAY, clock=clock.now)
        again = Act(Move.SEND_BACK, "创建办", MONDAY, reason="材料不全")
        acts.act(f"{DISTRICT}-2025-0001", again, now=clock.now())

        cards.owe_cards(MONDAY, clock=clock.now)

        with bootstrap.session() as session:
            (card,) = notices.owed(session, DISTRICT)
        assert (card.recipient, card.planned_on) == ("区教育局", MONDAY)
        assert "■ 退回重办 1项" in card.text

    def test_a_day_off_withdraws_no_card(self) -> None:
        owed_to_everyone()

        cards.owe_cards(date(2025, 11, 8), clock=clock.now)

        assert statuses() == ["owed"] * 3

    def test_the_office_is_told_once_of_remediations_that_wait_for_it(self) -> None:
        open_remediations("区教育局")
        with bootstrap.session() as session:
            remediation = remediations.ledger(session, DISTRICT)[0]
            reported = replace(remediation, status=Status.REPORTED, reported_on=MONDAY)
            remediations.change(session, DISTRICT, reported)

        cards.owe_cards(TUESDAY, clock=clock.now)
        with bootstrap.session() as session:
            (card,) = notices.owed(session, DISTRICT)
        send()

        assert card.recipient == bootstrap.rulebook().contacts.office
        assert "■ 等您办理 1项\n· 复核已反馈的 1项，最早2025年11月3日" in card.text
        assert cards.owe_cards(date(2025, 11, 5), clock=clock.now) == 0

    def test_a_remediation_found_met_by_the_newest_evaluation_is_not_chased(self) -> None:
        open_remediations("区教育局", "区财政局")
        met = Finding("R1", "3370405000:小学", "3370405000", 5.0, 4.2, Verdict.MET)
        not_met = Finding("R1", "3370405001:小学", "3370405001", 4.0, 4.2, Verdict.NOT_MET)
        with bootstrap.session() as session:
            new = findings.NewEvaluation(
                DISTRICT, 2025, 2025, "x", "corrected", datetime(2025, 11, 4, tzinfo=UTC), (), (), 1
            )
            findings.keep(session, new, [met, not_met])

        cards.owe_cards(TUESDAY, clock=clock.now)

        with bootstrap.session() as session:
            assert [card.recipient for card in notices.listing(session, DISTRICT)] == ["区财政局"]
