"""The ladder as the office writes it: what is taken, what is refused, and what climbs which."""

import pytest
from pydantic import ValidationError

from junheng.domain.ladder import Rung
from junheng.domain.standard import Line
from junheng.rulebook import Rulebook


class TestRung:
    def test_a_rung_reached_in_two_ways_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="either on opening or by workdays"):
            Rung(name="x", label="x", on_opening=True, workdays_to_due=1, tells=())

    def test_a_rung_never_reached_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="either on opening or by workdays"):
            Rung(name="x", label="x", tells=())


class TestTimeLimits:
    def test_a_form_is_sent_again_within_a_week(self, rulebook: Rulebook) -> None:
        assert rulebook.ladder.time_limits.workdays_for(_line(rulebook, "SUB")) == 5

    def test_a_line_that_is_not_listed_has_the_usual_limit(self, rulebook: Rulebook) -> None:
        assert rulebook.ladder.time_limits.workdays_for(_line(rulebook, "R1")) == 20


def _line(rulebook: Rulebook, indicator: str) -> Line:
    return next(line for line in rulebook.standard.lines if line.id == indicator)
