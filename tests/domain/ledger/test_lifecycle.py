"""The state machine, compared with the matrix written by hand in move_matrix.py."""

import pytest

from junheng.domain.ledger import lifecycle
from junheng.domain.ledger.lifecycle import TABLE, Move, Party, Status, TransitionNotAllowed
from tests.domain.ledger.move_matrix import ABBREVIATED, ALLOWED, CELLS, REFUSED

# Who makes each move: a person of the unit or the office, an arbiter, or the system.
SYSTEMS = {
    "draft",
    "lapse",
    "close_by_data",
    "reopen",
    "carry_over",
    "follow",
    "fail_again",
    "reproject",
}
UNITS = {"receipt", "start", "report", "dispute", "ask_extension"}
ARBITERS = {"uphold", "reassign"}


def test_the_matrix_has_every_move_and_status_once() -> None:
    pairs = [(move, status) for move, status, _ in CELLS]

    assert len(pairs) == len(set(pairs)) == 26 * 12
    assert set(pairs) == {(move, status) for move in Move for status in Status}
    assert (len(ALLOWED), len(REFUSED)) == (93, 219)


@pytest.mark.parametrize(("move", "status", "cell"), ALLOWED)
def test_an_allowed_move_has_the_target_of_the_matrix(
    move: Move, status: Status, cell: str
) -> None:
    match cell:
        case "==":
            wanted = status
        case "<=":
            wanted = Status.SENT_BACK
        case _:
            wanted = ABBREVIATED[cell]

    assert lifecycle.destination(move, status, stood_at=Status.SENT_BACK) is wanted


@pytest.mark.parametrize(("move", "status"), REFUSED)
def test_a_move_missing_in_the_matrix_is_refused(move: Move, status: Status) -> None:
    with pytest.raises(TransitionNotAllowed) as refused:
        lifecycle.destination(move, status, stood_at=Status.RECEIPTED)

    assert (refused.value.move, refused.value.status) == (move, status)


@pytest.mark.parametrize(
    "stood_at",
    [Status.HANDED_OVER, Status.RECEIPTED, Status.IN_PROGRESS, Status.SENT_BACK],
)
@pytest.mark.parametrize(
    ("move", "paused"), [(Move.RESUME, Status.SUSPENDED), (Move.UPHOLD, Status.DISPUTED)]
)
def test_after_a_pause_the_previous_status_is_restored(
    move: Move, paused: Status, stood_at: Status
) -> None:
    assert lifecycle.destination(move, paused, stood_at=stood_at) is stood_at


@pytest.mark.parametrize(
    ("move", "paused"), [(Move.RESUME, Status.SUSPENDED), (Move.UPHOLD, Status.DISPUTED)]
)
def test_a_pause_without_a_previous_status_cannot_end(move: Move, paused: Status) -> None:
    with pytest.raises(TransitionNotAllowed):
        lifecycle.destination(move, paused, stood_at=None)


@pytest.mark.parametrize("move", list(Move))
def test_every_move_has_the_party_of_the_matrix(move: Move) -> None:
    if move.value in SYSTEMS:
        wanted = Party.SYSTEM
    elif move.value in UNITS:
        wanted = Party.UNIT
    else:
        wanted = Party.ARBITER if move.value in ARBITERS else Party.OFFICE

    assert TABLE[move].by is wanted


class TestPath:
    """A unit's request may take several moves; each is recorded."""

    @pytest.mark.parametrize(
        ("status", "to", "moves"),
        [
            (Status.HANDED_OVER, Status.RECEIPTED, (Move.RECEIPT,)),
            (Status.HANDED_OVER, Status.IN_PROGRESS, (Move.RECEIPT, Move.START)),
            (Status.HANDED_OVER, Status.REPORTED, (Move.RECEIPT, Move.START, Move.REPORT)),
            (Status.RECEIPTED, Status.IN_PROGRESS, (Move.START,)),
            (Status.RECEIPTED, Status.REPORTED, (Move.START, Move.REPORT)),
            (Status.IN_PROGRESS, Status.REPORTED, (Move.REPORT,)),
            (Status.SENT_BACK, Status.IN_PROGRESS, (Move.START,)),
            (Status.SENT_BACK, Status.REPORTED, (Move.START, Move.REPORT)),
        ],
    )
    def test_a_unit_can_reach_the_status_by_itself(
        self, status: Status, to: Status, moves: tuple[Move, ...]
    ) -> None:
        assert lifecycle.path(status, to) == moves

    @pytest.mark.parametrize(
        ("status", "to"),
        [
            # To an earlier status.
            (Status.IN_PROGRESS, Status.RECEIPTED),
            (Status.SENT_BACK, Status.RECEIPTED),
            (Status.REPORTED, Status.IN_PROGRESS),
            # Before it was handed over, while it is paused, and after its end.
            (Status.DRAFTED, Status.RECEIPTED),
            (Status.SIGNED_OFF, Status.REPORTED),
            (Status.DISPUTED, Status.REPORTED),
            (Status.SUSPENDED, Status.REPORTED),
            (Status.WAIVED, Status.REPORTED),
            (Status.CLOSED, Status.REPORTED),
            # To a status that only the office can reach.
            (Status.HANDED_OVER, Status.REVIEWED),
            (Status.IN_PROGRESS, Status.CLOSED),
            (Status.REPORTED, Status.SENT_BACK),
        ],
    )
    def test_a_path_that_needs_others_is_refused(self, status: Status, to: Status) -> None:
        with pytest.raises(TransitionNotAllowed) as refused:
            lifecycle.path(status, to)

        assert refused.value.status is status

    @pytest.mark.parametrize("status", [Status.RECEIPTED, Status.IN_PROGRESS, Status.REPORTED])
    def test_the_path_to_the_same_status_is_empty(self, status: Status) -> None:
        assert lifecycle.path(status, status) == ()
