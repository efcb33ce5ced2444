"""The second half of a round: the office answers, and what it lets go is handed over and told."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from prefect import flow
from pydantic import BaseModel, ConfigDict, Field

from flows.step import Step
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.ledger.sign_offs import Answer, Change
from tasks.chase import cards
from tasks.ledger import sign_offs, upkeep
from tasks.steps import forms, steps
from tasks.steps import signing as signing_steps
from tasks.steps.failures import in_words
from tasks.steps.hooks import watched


@dataclass(frozen=True, slots=True)
class SignOffOrder:
    """What the second half is told: the answer, which sign-off it is to, and the clock."""

    number: int | None
    answer: Answer
    answered_on: date
    chased_on: date
    # An answer of today sends within the send window only; a replayed day has no hour.
    sends_at: datetime | None = None

    @classmethod
    def by_office(cls, answered_on: date, *, chased_on: date) -> Self:
        """Return the order of an office that lets everything go that is asked for."""
        office = bootstrap.rulebook().contacts.office
        return cls(None, Answer(Change.APPROVE, office), answered_on, chased_on)


def _unseen(card: str) -> None:
    """Show nothing of a card: it is in the outbox, or with its reader."""
    del card


ANSWERING: Step[SignOffOrder] = Step(
    "交办整改",
    lambda order: sign_offs.answer(order.number, order.answer, on=order.answered_on),
    lambda order: signing_steps.hand_over(order.number, order.answer, order.answered_on),
)
TELLING: tuple[Step[SignOffOrder], ...] = (
    Step(
        "例行事项",
        lambda order: upkeep.keep_up(order.chased_on),
        lambda order: steps.keep_up(order.chased_on),
    ),
    Step(
        "起草卡片",
        lambda order: cards.owe_cards(order.chased_on),
        lambda order: steps.owe_cards(order.chased_on),
    ),
    Step(
        "发送卡片",
        lambda order: cards.send_cards(show=_unseen, now=order.sends_at),
        lambda order: steps.send_cards(order.chased_on, order.sends_at),
    ),
)
SECOND_HALF = (ANSWERING, *TELLING)


class Decision(StrEnum):
    """What the form lets choose."""

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
    """One remediation that is not handed over now; what its class is called stands in the form."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        title="暂不交办的一项",
        json_schema_extra={"description": "这一项仍为拟交办，留待下一次请求签批"},
    )

    reference: str = Field(title="整改事项编号", description="如 370405-2025-0001")
    reason: str = Field(title="理由", description="为什么暂不交办，记入台账历史")


@watched
@forms.as_form
@flow(
    name="sign-off",
    description="签批拟交办的整改事项：交办整改 → 例行事项 → 起草卡片 → 发送卡片；不同意的不交办",
)
@in_words
def sign_off(
    *,
    by: Annotated[
        str, forms.BlankText, forms.blank("签批人", "不必填：登录的人就是签批人，写了别人也不算")
    ] = "",
    decision: Annotated[
        Decision,
        forms.choice(Decision),
        forms.blank("签批意见", "同意：交办并通知各单位；不同意：一项也不交办，须写理由"),
    ] = Decision.APPROVE,
    reason: Annotated[
        str, forms.BlankText, forms.blank("理由", "不同意时必须写；同意时可以不写")
    ] = "",
    leave_out: Annotated[
        tuple[LeaveOut, ...],
        forms.blank("暂不交办的事项", "同意其余事项，而这几项先不交办；每一项都要写理由"),
    ] = (),
    number: forms.SignOffNumber = None,
    on: forms.Day = None,
    district: forms.District = None,
) -> None:
    """Take the office's answer and carry the round on from there."""
    left_out = tuple((one.reference.strip(), one.reason.strip()) for one in leave_out)
    given = Answer(decision.change, by.strip(), reason.strip(), left_out)
    with forms.of_district(district):
        order = _order(number, given, on)
        if ANSWERING.run_in_prefect(order):
            for step in TELLING:
                step.run_in_prefect(order)


def _order(number: int | None, given: Answer, on: date | None) -> SignOffOrder:
    """Return what the second half is told: answered as of the first try, told by this one's clock.

    Cards that a retry of the next morning sends must not be those of the day before.
    """
    telling = clock.now()
    answered_on = on or clock.day_of(steps.frozen(telling))
    chased_on = on or clock.day_of(telling)
    return SignOffOrder(number, given, answered_on, chased_on, None if on else telling)
