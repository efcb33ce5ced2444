"""Which of several sendings counts, and the state of each reporter."""

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


def test_a_correction_replaces_earlier_files_even_if_it_is_older() -> None:
    correction = replace(
        FIRST, file="泥沟镇第三小学（更正）.xlsx", is_correction=True, modified_at=1.0
    )

    assert counted(FIRST, correction) == correction
    assert counted(correction, FIRST) == correction


def test_the_newer_file_replaces_the_older() -> None:
    newer = replace(FIRST, file="a.xlsx", modified_at=200.0)

    assert counted(newer, FIRST) == newer


def test_a_later_collection_replaces_an_earlier_correction() -> None:
    correction = replace(FIRST, is_correction=True)
    later = replace(FIRST, collection=2, sha256="b")

    assert counted(*as_first_sent([correction, later])) == later


class TestAFileThatIsReadAgain:
    CORRECTION = replace(
        FIRST, collection=2, sha256="b", is_correction=True, file="泥沟镇第三小学（更正）.xlsx"
    )

    def test_does_not_replace_a_later_correction(self) -> None:
        again = replace(FIRST, collection=3, modified_at=900.0)

        assert counted(*as_first_sent([FIRST, self.CORRECTION, again])) == self.CORRECTION

    def test_under_another_name_is_still_the_same_file(self) -> None:
        renamed = replace(FIRST, collection=3, file="泥沟镇三小.xlsx")

        assert counted(*as_first_sent([FIRST, self.CORRECTION, renamed])) == self.CORRECTION

    def test_replaces_it_if_it_has_changed(self) -> None:
        changed = replace(FIRST, collection=3, sha256="c")

        assert counted(*as_first_sent([FIRST, self.CORRECTION, changed])) == changed

    def test_replaces_it_as_a_further_correction(self) -> None:
        back = replace(FIRST, collection=3, is_correction=True, file="泥沟镇第三小学（更正2）.xlsx")

        assert counted(*as_first_sent([FIRST, self.CORRECTION, back])) == back

    def test_keeps_the_names_of_simultaneous_copies(self) -> None:
        copy = replace(FIRST, file="副本.xlsx")
        again = [replace(sending, collection=2) for sending in (copy, FIRST)]

        assert as_first_sent([copy, FIRST, *again]) == (copy, FIRST, copy, FIRST)

    def test_counts_with_its_latest_reading(self) -> None:
        refused = replace(FIRST, is_accepted=False)
        again = replace(FIRST, collection=2)

        assert counted(*as_first_sent([refused, again])).is_accepted


def test_a_faulty_correction_sends_the_school_back() -> None:
    faulty = replace(FIRST, is_correction=True, is_accepted=False)

    assert standing("3370405034", OWED, counting([FIRST, faulty])) is Standing.SENT_BACK


def test_a_department_with_one_of_two_parts_is_missing() -> None:
    half = replace(FIRST, reporter="区财政局", parts=frozenset({Part.FIGURES}))
    owed = frozenset({Part.FIGURES, Part.PLAN_TASKS})

    assert standing("区财政局", owed, counting([half])) is Standing.MISSING


def test_a_faulty_part_that_is_not_owed_sends_the_reporter_back() -> None:
    owed = replace(FIRST, reporter="区教育局", parts=frozenset({Part.FIGURES}))
    projects = replace(owed, parts=frozenset({Part.PROJECTS}), is_accepted=False)
    latest = counting([owed, projects])

    assert standing("区教育局", {Part.FIGURES, Part.PROJECTS}, latest) is Standing.SENT_BACK


def test_a_reporter_without_files_is_missing() -> None:
    assert standing("3370405034", OWED, {}) is Standing.MISSING
