"""Which of several sendings counts, and what became of each reporter."""

from dataclasses import replace

from junheng.domain.intake.submissions import (
    Part,
    Sending,
    Standing,
    as_first_sent,
    counting,
    standing,
)

FIRST = Sending(
    reporter="3370405034",
    parts=frozenset({Part.SCHOOL}),
    collection=1,
    is_correction=False,
    modified_at=100.0,
    file="泥沟镇第三小学.xlsx",
    position=0,
    sha256="a",
    is_accepted=True,
)
OWED = frozenset({Part.SCHOOL})


def counted(*sendings: Sending) -> Sending:
    return counting(sendings)["3370405034", Part.SCHOOL]


def test_a_correction_replaces_what_was_sent_before_even_if_its_file_is_older() -> None:
    correction = replace(
        FIRST, file="泥沟镇第三小学（更正）.xlsx", is_correction=True, modified_at=1.0
    )

    assert counted(FIRST, correction) == correction
    assert counted(correction, FIRST) == correction


def test_the_newer_file_replaces_the_older() -> None:
    newer = replace(FIRST, file="a.xlsx", modified_at=200.0)

    assert counted(newer, FIRST) == newer


def test_what_a_later_folder_brings_replaces_an_earlier_correction() -> None:
    correction = replace(FIRST, is_correction=True)
    later = replace(FIRST, collection=2, sha256="b")

    assert counted(*as_first_sent([correction, later])) == later


class TestAFileThatIsReadAgain:
    CORRECTION = replace(
        FIRST, collection=2, sha256="b", is_correction=True, file="泥沟镇第三小学（更正）.xlsx"
    )

    def test_does_not_replace_the_correction_that_came_since(self) -> None:
        again = replace(FIRST, collection=3, modified_at=900.0)

        assert counted(*as_first_sent([FIRST, self.CORRECTION, again])) == self.CORRECTION

    def test_under_another_name_is_still_the_same_file(self) -> None:
        renamed = replace(FIRST, collection=3, file="泥沟镇三小.xlsx")

        assert counted(*as_first_sent([FIRST, self.CORRECTION, renamed])) == self.CORRECTION

    def test_replaces_it_where_it_has_changed(self) -> None:
        changed = replace(FIRST, collection=3, sha256="c")

        assert counted(*as_first_sent([FIRST, self.CORRECTION, changed])) == changed

    def test_replaces_it_where_it_comes_as_a_correction_of_its_own(self) -> None:
        back = replace(FIRST, collection=3, is_correction=True, file="泥沟镇第三小学（更正2）.xlsx")

        assert counted(*as_first_sent([FIRST, self.CORRECTION, back])) == back

    def test_keeps_the_names_of_copies_that_came_together(self) -> None:
        copy = replace(FIRST, file="副本.xlsx")
        again = [replace(one, collection=2) for one in (copy, FIRST)]

        assert as_first_sent([copy, FIRST, *again]) == (copy, FIRST, copy, FIRST)

    def test_counts_as_it_was_read_last(self) -> None:
        refused = replace(FIRST, is_accepted=False)
        again = replace(FIRST, collection=2)

        assert counted(*as_first_sent([refused, again])).is_accepted


def test_a_faulty_correction_sends_the_school_back() -> None:
    faulty = replace(FIRST, is_correction=True, is_accepted=False)

    assert standing("3370405034", OWED, counting([FIRST, faulty])) is Standing.SENT_BACK


def test_a_department_that_sent_one_of_its_two_parts_has_not_reported() -> None:
    half = replace(FIRST, reporter="区财政局", parts=frozenset({Part.FIGURES}))
    owed = frozenset({Part.FIGURES, Part.PLAN_TASKS})

    assert standing("区财政局", owed, counting([half])) is Standing.MISSING


def test_what_is_sent_beyond_the_owed_parts_sends_back_too() -> None:
    owed = replace(FIRST, reporter="区教育局", parts=frozenset({Part.FIGURES}))
    projects = replace(owed, parts=frozenset({Part.PROJECTS}), is_accepted=False)
    latest = counting([owed, projects])

    assert standing("区教育局", {Part.FIGURES, Part.PROJECTS}, latest) is Standing.SENT_BACK


def test_nobody_who_sent_nothing_is_received() -> None:
    assert standing("3370405034", OWED, {}) is Standing.MISSING
