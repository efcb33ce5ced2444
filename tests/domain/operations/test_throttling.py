"""The throttle of sign-ins: waiting times of addresses, with a simulated clock."""

from junheng.domain.operations.throttling import FORGOTTEN_AFTER, MOST_ADDRESSES, PATIENCE, Throttle

HERE, THERE = "127.0.0.1", "127.0.0.2"


def failed(times: int, name: str = "张三", *, now: float = 0.0) -> Throttle:
    throttle = Throttle()
    for _ in range(times):
        throttle.note_failure(THERE, name, now=now)
    return throttle


class TestWait:
    def test_the_fifth_failure_costs_a_second(self) -> None:
        assert failed(PATIENCE - 1).wait(THERE, now=0.0) == 0
        assert failed(PATIENCE).wait(THERE, now=0.0) == 1

    def test_it_doubles_with_each_failure_up_to_a_minute(self) -> None:
        waits = [failed(PATIENCE + more).wait(THERE, now=0.0) for more in range(8)]

        assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
        assert failed(1000).wait(THERE, now=0.0) == 60

    def test_it_decreases_with_time(self) -> None:
        throttle = failed(PATIENCE + 3, now=100.0)

        assert throttle.wait(THERE, now=103.0) == 5
        assert throttle.wait(THERE, now=108.0) == 0

    def test_another_address_does_not_wait(self) -> None:
        assert failed(1000).wait(HERE, now=0.0) == 0

    def test_failures_are_forgotten_after_a_quiet_quarter_of_an_hour(self) -> None:
        throttle = failed(PATIENCE + 8)

        assert throttle.wait(THERE, now=FORGOTTEN_AFTER + 1) == 0
        throttle.note_failure(THERE, "张三", now=FORGOTTEN_AFTER + 1)
        assert throttle.wait(THERE, now=FORGOTTEN_AFTER + 1) == 0


class TestNoteSuccess:
    def test_failures_of_the_same_name_are_forgotten(self) -> None:
        throttle = failed(PATIENCE - 1)

        throttle.note_success(THERE, "张三")
        throttle.note_failure(THERE, "张三", now=0.0)

        assert throttle.wait(THERE, now=0.0) == 0

    def test_failures_of_other_names_still_count(self) -> None:
        throttle = failed(PATIENCE - 1, "李四")

        throttle.note_success(THERE, "张三")
        throttle.note_failure(THERE, "李四", now=0.0)

        assert throttle.wait(THERE, now=0.0) == 1

    def test_a_success_from_an_unknown_address_changes_nothing(self) -> None:
        throttle = failed(PATIENCE)

        throttle.note_success(HERE, "张三")

        assert throttle.wait(THERE, now=0.0) == 1


def test_the_number_of_remembered_addresses_is_limited() -> None:
    throttle = failed(PATIENCE)

    for number in range(MOST_ADDRESSES):
        throttle.note_failure(f"address {number}", "张三", now=0.0)

    assert throttle.wait(THERE, now=0.0) == 0
