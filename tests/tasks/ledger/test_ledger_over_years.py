"""The ledger over several years: 2024, 2025, and 2025 with the corrections of four schools.

All 397 references with what each round made of them stand in tests/data, those that a person can
follow through the forms stand here.
"""

import csv
from collections import Counter
from datetime import date

import pytest

from junheng.domain.ledger.lifecycle import Cause, Closing, Status
from tasks.ledger.remediation import Settlement
from tests.tasks import over_years
from tests.tasks.over_years import CORRECTED, IN_2025, ROUNDS, Round

SETTLED = (
    Settlement(opened=266, relapsed=0, carried_over=0, closed=0),
    Settlement(opened=125, relapsed=0, carried_over=119, closed=117),
    Settlement(opened=6, relapsed=1, carried_over=2, closed=6),
)
# All effects of the corrections on the ledger.
CORRECTED_LEDGER = {
    # 3370405026: too few multimedia classrooms in 2024, enough in 2025, too few when corrected.
    "370405-2024-0108": ("R7", "3370405026", "reopen"),
    "370405-2025-0129": ("R", "3370405026", "draft"),
    # 3370405028 has enough of them, but reported that only in the correction.
    "370405-2024-0110": ("R7", "3370405028", "close_by_data:data_wrong"),
    # 3370405001 has no rules against bullying.
    "370405-2025-0131": ("L26", "3370405001", "draft"),
    # 3370405005 was sent back, so its open remediations of 2024 could not be judged until now.
    "370405-2025-0117": ("SUB", "3370405005", "close_by_data:data_wrong"),
    "370405-2024-0019": ("R2", "3370405005", "close_by_data:real_gap"),
    "370405-2024-0147": ("G03", "3370405005", "close_by_data:real_gap"),
    "370405-2024-0169": ("G05", "3370405005", "carry_over"),
    "370405-2024-0171": ("G09", "3370405005", "close_by_data:real_gap"),
    "370405-2024-0192": ("Q05", "3370405005", "carry_over"),
    "370405-2024-0244": ("L15", "3370405005", "close_by_data:real_gap"),
    "370405-2025-0126": ("R1", "3370405005", "draft"),
    "370405-2025-0127": ("R4", "3370405005", "draft"),
    "370405-2025-0128": ("R", "3370405005", "draft"),
    "370405-2025-0130": ("L17", "3370405005", "draft"),
}
IN_2025_LEDGER = {
    # Failed in 2024 and in 2025.
    "370405-2024-0001": ("R1", "3370405002", "carry_over"),
    "370405-2024-0110": ("R7", "3370405028", "carry_over"),
    "370405-2024-0114": ("R7", "3370405055", "carry_over"),
    # Failed in 2024, passes in 2025.
    "370405-2024-0006": ("R1", "3370405012", "close_by_data:real_gap"),
    "370405-2024-0072": ("R4", "3370405034", "close_by_data:real_gap"),
    "370405-2024-0101": ("R7", "3370405006", "close_by_data:real_gap"),
    "370405-2024-0108": ("R7", "3370405026", "close_by_data:real_gap"),
    # Failed in 2024; the form of 2025 was sent back or is missing: unknown.
    "370405-2024-0019": ("R2", "3370405005", ""),
    "370405-2024-0106": ("R7", "3370405020", ""),
    "370405-2024-0252": ("L17", "3370405051", ""),
    # Failed in 2024; closing needs evidence.
    "370405-2024-0260": ("T05", "区教育局", ""),
    "370405-2024-0265": ("T19", "区人社局", ""),
    # New in 2025.
    "370405-2025-0034": ("R7", "3370405011", "draft"),
    "370405-2025-0035": ("R7", "3370405012", "draft"),
    "370405-2025-0117": ("SUB", "3370405005", "draft"),
}


class TestRounds:
    def test_the_counts_of_each_round(self, rounds: tuple[Round, ...]) -> None:
        assert tuple(made.settled for made in rounds) == SETTLED
        deeds = [Counter(made.became().values()) for made in rounds]
        assert deeds == [
            {"draft": 266},
            {"draft": 125, "carry_over": 119, "close_by_data:real_gap": 117},
            {
                "draft": 6,
                "reopen": 1,
                "carry_over": 2,
                "close_by_data:real_gap": 4,
                "close_by_data:data_wrong": 2,
            },
        ]

    def test_the_effect_of_every_round_on_every_reference(self, rounds: tuple[Round, ...]) -> None:
        made = [finished.became() for finished in rounds]

        listed = over_years.expected()
        assert [row["reference"] for row in listed] == list(rounds[-1].ledger)
        for row in listed:
            remediation = rounds[-1].ledger[row["reference"]]
            assert (remediation.indicator, remediation.unit) == (row["indicator"], row["unit"])
            for name, deeds in zip(ROUNDS, made, strict=True):
                assert deeds.get(row["reference"], "") == row[name], (row["reference"], name)

    @pytest.mark.parametrize(("reference", "wanted"), IN_2025_LEDGER.items())
    def test_the_effect_of_2025_on_selected_references(
        self, rounds: tuple[Round, ...], reference: str, wanted: tuple[str, str, str]
    ) -> None:
        remediation = rounds[1].ledger[reference]

        deed = rounds[1].became().get(reference, "")
        assert (remediation.indicator, remediation.unit, deed) == wanted

    def test_the_effects_of_the_corrections(self, rounds: tuple[Round, ...]) -> None:
        ledger, deeds = rounds[2].ledger, rounds[2].became()

        assert {
            reference: (ledger[reference].indicator, ledger[reference].unit, deed)
            for reference, deed in deeds.items()
        } == CORRECTED_LEDGER

    def test_2024_opens_the_failures_of_an_independent_computation(
        self, rounds: tuple[Round, ...]
    ) -> None:
        text = (over_years.DATA / "expected_verdicts_2024.csv").read_text("utf-8-sig")
        failing = {
            (row["indicator"], row["unit"].partition(":")[0])
            for row in csv.DictReader(text.splitlines())
            # No file of 2024 has a building project.
            if row["verdict"] == "fail" and row["indicator"] != "L03"
        }

        assert {
            (remediation.indicator, remediation.unit) for remediation in rounds[0].ledger.values()
        } == failing

    def test_each_identity_keeps_one_reference_and_no_row_is_lost(
        self, rounds: tuple[Round, ...]
    ) -> None:
        first, second, third = (
            {remediation.key: reference for reference, remediation in made.ledger.items()}
            for made in rounds
        )

        assert (len(first), len(second), len(third)) == (266, 391, 397)
        assert first.items() <= second.items() <= third.items()


class TestSingleRemediations:
    def test_a_carried_over_remediation_keeps_its_due_date_and_is_counted(
        self, rounds: tuple[Round, ...]
    ) -> None:
        before, after = (made.ledger["370405-2024-0001"] for made in rounds[:2])

        assert (after.status, after.carried_over) == (Status.HANDED_OVER, 1)
        assert (after.school_year, after.followed_year) == (2024, 2025)
        assert (after.opened_on, after.due_on) == (before.opened_on, before.due_on)
        # The unit is notified again.
        assert after.cycle == before.cycle + 1

    def test_a_remediation_closed_by_data_has_this_closing(self, rounds: tuple[Round, ...]) -> None:
        closed = rounds[1].ledger["370405-2024-0108"]

        assert (closed.status, closed.closing, closed.cause) == (
            Status.CLOSED,
            Closing.DATA,
            Cause.REAL_GAP,
        )
        assert closed.closed_on == IN_2025

    def test_a_relapse_is_handed_over_again_under_its_old_reference(
        self, rounds: tuple[Round, ...]
    ) -> None:
        again = rounds[2].ledger["370405-2024-0108"]

        assert (again.status, again.relapses, again.carried_over) == (Status.HANDED_OVER, 1, 0)
        # Twenty workdays from Monday 10 November 2025.
        assert (again.opened_on, again.due_on) == (CORRECTED, date(2025, 12, 8))
        assert (again.school_year, again.followed_year, again.cycle) == (2024, 2025, 2)
        assert (again.closed_on, again.closing, again.cause) == (None, None, None)

    def test_the_failing_classes_are_those_of_the_new_form(self, rounds: tuple[Round, ...]) -> None:
        before, after = (made.ledger["370405-2024-0169"].items for made in rounds[1:])

        assert before == tuple(
            f"3370405005:初中:{name}" for name in ("7年级1班", "7年级2班", "8年级2班", "9年级2班")
        )
        assert after == tuple(
            f"3370405005:初中:{name}" for name in ("7年级1班", "8年级1班", "9年级2班")
        )

    def test_an_attested_line_is_not_closed_by_the_statement_of_its_unit(
        self, rounds: tuple[Round, ...]
    ) -> None:
        open_since_2024 = {
            item.reference: item.status
            for item in rounds[2].ledger.values()
            if item.indicator.startswith("T") and item.followed_year == 2024
        }

        assert len(open_since_2024) == 7
        assert set(open_since_2024.values()) == {Status.HANDED_OVER}
