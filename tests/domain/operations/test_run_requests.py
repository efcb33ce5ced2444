"""Operations: refused reads are recorded once a day, refused changes each time."""

from datetime import date

from junheng.domain.operations.run_requests import Refusals

RUN = "/api/flow_runs/r1"


class TestRefusals:
    def test_refused_reads_are_recorded_once_a_day_per_person(self) -> None:
        refusals, monday, tuesday = Refusals(), date(2025, 11, 3), date(2025, 11, 4)
        looks = [("张三", monday), ("张三", monday), ("李四", monday), ("张三", tuesday)]

        told = [refusals.is_told(who, "GET", "/api/admin/settings", on=on) for who, on in looks]

        assert told == [False, True, False, False]

    def test_refused_changes_are_recorded_each_time(self) -> None:
        refusals = Refusals()

        told = [refusals.is_told("张三", "DELETE", RUN, on=date(2025, 11, 3)) for _ in range(2)]

        assert told == [False, False]
