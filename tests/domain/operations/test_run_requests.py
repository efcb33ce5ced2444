"""Operations: a look that was refused is told once a day, a change each time."""

from datetime import date

from junheng.domain.operations.run_requests import Refusals

RUN = "/api/flow_runs/r1"


class TestRefusals:
    def test_of_a_look_are_told_once_a_day_for_each_person(self) -> None:
        refusals, monday, tuesday = Refusals(), date(2025, 11, 3), date(2025, 11, 4)
        looks = [("张三", monday), ("张三", monday), ("李四", monday), ("张三", tuesday)]

        told = [refusals.is_told(who, "GET", "/api/admin/settings", on=on) for who, on in looks]

        assert told == [False, True, False, False]

    def test_of_a_change_are_told_each_time(self) -> None:
        refusals = Refusals()

        told = [refusals.is_told("张三", "DELETE", RUN, on=date(2025, 11, 3)) for _ in range(2)]

        assert told == [False, False]
