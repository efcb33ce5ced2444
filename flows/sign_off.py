"""The second half of a round: the office answers, and approved remediations are handed over."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from junheng.adapters import clock
from junheng.domain.ledger.sign_offs import Answer, Change
from junheng.domain.office_days import day_of
from tasks.steps import forms, signing, steps
from tasks.steps.deployed import deployed


class Decision(StrEnum):
    """The choices of the form."""

    APPROVE = "同意"
    DECLINE = "不同意"

    @property
    def change(self) -> Change:
        match self:
            case Decision.APPROVE:
                return Change.APPROVE
            case Decision.DECLINE:
                return Change.DECLINE


class LeaveOut(BaseModel):
    """A remediation that is not handed over now. The form shows the title, not the class name."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        title="暂不交办的一项",
        json_schema_extra={"description": "这一项仍为拟交办，留待下一次请求签批"},
    )

    reference: str = Field(title="整改事项编号", description="如 370405-2025-0001")
    reason: str = Field(title="理由", description="为什么暂不交办，记入台账历史")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfASignOff:
    """The parameters of a sign-off."""

    by: Annotated[
        str,
        forms.BlankText,
        forms.blank(title="签批人", description="不必填：登录的人就是签批人，写了别人也不算"),
    ] = ""
    decision: Annotated[
        Decision,
        forms.choice(Decision),
        forms.blank(
            title="签批意见", description="同意：交办并通知各单位；不同意：一项也不交办，须写理由"
        ),
    ] = Decision.APPROVE
    reason: Annotated[
        str,
        forms.BlankText,
        forms.blank(title="理由", description="不同意时必须写；同意时可以不写"),
    ] = ""
    leave_out: Annotated[
        tuple[LeaveOut, ...],
        forms.blank(
            title="暂不交办的事项", description="同意其余事项，而这几项先不交办；每一项都要写理由"
        ),
    ] = ()
    number: forms.SignOffNumber = None
    on: forms.Day = None
    district: forms.District = None

    @property
    def answer(self) -> Answer:
        left_out = tuple((item.reference.strip(), item.reason.strip()) for item in self.leave_out)
        return Answer(self.decision.change, self.by.strip(), self.reason.strip(), left_out)


@deployed(
    "sign-off",
    description="签批拟交办的整改事项：交办整改 → 例行事项 → 起草卡片 → 发送卡片；不同意的不交办",
)
def sign_off(asked: OfASignOff) -> None:
    """Record the office's answer and continue the round.

    The answer has the date of the first attempt. The cards use the clock of this attempt, so that a
    retry on the next morning does not send cards of the day before.
    """
    now = clock.now()
    answered_on = asked.on or day_of(steps.frozen(now))
    day = asked.on or day_of(now)
    if signing.hand_over(asked.number, asked.answer, answered_on, clock=clock.now):
        steps.keep_up(day, clock=clock.now)
        steps.owe_cards(day, clock=clock.now)
        steps.send_cards(day, None if asked.on else now, clock=clock.now)
