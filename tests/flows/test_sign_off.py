"""The flow sign-off in Prefect: its form, the answer and the artifact."""

from pathlib import Path
from typing import Any

import pytest
from prefect import get_client
from prefect.utilities.callables import parameter_schema

from flows.sign_off import Decision, LeaveOut, sign_off
from junheng.domain.ledger.lifecycle import Status
from tests.flows.retrying import Retried
from tests.tasks import drafts
from tests.tasks.drafts import FIRST, SECOND, THIRD, TUESDAY, WEDNESDAY, asked_for_three


class TestForm:
    @pytest.fixture
    def form(self) -> dict[str, Any]:
        return dict(parameter_schema(sign_off.fn).model_dump())

    def test_every_field_has_a_chinese_title_and_description(self, form: dict[str, Any]) -> None:
        left_out = form["definitions"]["LeaveOut"]["properties"]

        for field in (*form["properties"].values(), *left_out.values()):
            assert not field["title"].isascii()
            assert not field["description"].isascii()

    def test_begins_with_signer_and_decision_and_requires_nothing(
        self, form: dict[str, Any]
    ) -> None:
        fields = sorted(form["properties"], key=lambda name: form["properties"][name]["position"])

        assert fields[:4] == ["by", "decision", "reason", "leave_out"]
        assert form.get("required", []) == []
        assert form["properties"]["decision"]["enum"] == ["同意", "不同意"]


@pytest.mark.usefixtures("prefect_server")
# Prefect's client does not close its socket.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
class TestSignOff:
    def test_an_approval_hands_over_sends_cards_and_updates_the_artifact(
        self, junheng_home: Path
    ) -> None:
        asked_for_three()

        left_out = (LeaveOut(reference=SECOND, reason="学校年底撤并"),)
        state = Retried(sign_off, by="张三", leave_out=left_out, on=TUESDAY).run()

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

    def test_a_decline_completes_and_sends_nothing(self, junheng_home: Path) -> None:
        asked_for_three()

        declined = {"decision": Decision.DECLINE, "reason": "数据要再核"}
        state = Retried(sign_off, by="张三", on=TUESDAY, **declined).run()

        assert state.is_completed()
        assert not (junheng_home / "outbox").exists()

    def test_a_second_answer_fails_in_one_sentence(self) -> None:
        asked_for_three()
        sign_off(by="张三", on=TUESDAY)

        state = Retried(sign_off, by="李四", number=1, on=WEDNESDAY).run()

        assert state.is_failed()
        assert state.message is not None
        assert state.message.startswith("第1号签批单已由张三于2025-11-04同意")
