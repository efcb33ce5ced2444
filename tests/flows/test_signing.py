"""The sign-off as Prefect runs it: the form, the answer, and what an operator reads."""

from pathlib import Path
from typing import Any

import pytest
from prefect import get_client
from prefect.utilities.callables import parameter_schema

from flows.signing import Decision, LeaveOut, sign_off
from junheng.domain.lifecycle import Status
from tests.tasks import drafts
from tests.tasks.drafts import FIRST, SECOND, THIRD, TUESDAY, WEDNESDAY, asked_for_three


class TestTheForm:
    @pytest.fixture
    def form(self) -> dict[str, Any]:
        return dict(parameter_schema(sign_off.fn).model_dump())

    def test_every_place_is_called_and_explained_in_chinese(self, form: dict[str, Any]) -> None:
        left_out = form["definitions"]["LeaveOut"]["properties"]

        for place in (*form["properties"].values(), *left_out.values()):
            assert not place["title"].isascii()
            assert not place["description"].isascii()

    def test_asks_first_who_signs_and_what_and_nothing_must_be_filled_in(
        self, form: dict[str, Any]
    ) -> None:
        places = sorted(form["properties"], key=lambda one: form["properties"][one]["position"])

        assert places[:4] == ["by", "decision", "reason", "leave_out"]
        assert form.get("required", []) == []
        assert form["properties"]["decision"]["enum"] == ["同意", "不同意"]


@pytest.mark.usefixtures("prefect_server")
# Prefect's client leaves its socket to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
class TestSignOff:
    def test_an_approval_is_handed_over_told_and_put_up(self, junheng_home: Path) -> None:
        asked_for_three()

        left_out = (LeaveOut(reference=SECOND, reason="学校年底撤并"),)
        state = sign_off(by="张三", leave_out=left_out, on=TUESDAY, return_state=True)

        assert state.is_completed()
        assert drafts.statuses() == {
            FIRST: Status.HANDED_OVER,
            SECOND: Status.DRAFTED,
            THIRD: Status.HANDED_OVER,
        }
        assert len(list((junheng_home / "outbox").rglob("*.txt"))) == 2
        with get_client(sync_client=True) as client:
            latest = client.read_latest_artifacts()
        shown = {artifact.key: artifact.description for artifact in latest}
        assert shown["sign-off-1"] == (
            "第1号签批单（2025年）：张三于2025-11-04同意，共3项，暂不交办1项。"
        )

    def test_declined_ends_well_and_sends_nothing(self, junheng_home: Path) -> None:
        asked_for_three()

        state = sign_off(
            by="张三",
            decision=Decision.DECLINE,
            reason="数据要再核",
            on=TUESDAY,
            return_state=True,
        )

        assert state.is_completed()
        assert not (junheng_home / "outbox").exists()

    def test_a_second_answer_ends_in_one_sentence(self) -> None:
        asked_for_three()
        sign_off(by="张三", on=TUESDAY)

        state = sign_off(by="李四", number=1, on=WEDNESDAY, return_state=True)

        assert state.is_failed()
        assert state.message is not None
        assert state.message.startswith("第1号签批单已由张三于2025-11-04同意")
