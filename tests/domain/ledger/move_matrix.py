"""The transitions, written by hand, to check the program's table."""

from junheng.domain.ledger.lifecycle import Move, Status

# A column for each status, a row for each move: the target status, == for the same status, <= for
# the status before the pause, and . if the move is refused.
#
# DR 拟交办  SI 已签批  HA 已交办  RC 已签收  IP 整改中  RP 已反馈
# RV 已复核  CL 已销号  SB 退回重办  DI 待裁定  SU 中止  WA 免于整改
MATRIX = """
                  DR  SI  HA  RC  IP  RP  RV  CL  SB  DI  SU  WA
draft             .   .   .   .   .   .   .   .   .   .   .   .
sign_off          SI  .   .   .   .   .   .   .   .   .   .   .
hand_over         .   HA  .   .   .   .   .   .   .   .   .   .
receipt           .   .   RC  .   .   .   .   .   .   .   .   .
start             .   .   .   IP  .   .   .   .   IP  .   .   .
report            .   .   .   .   RP  .   .   .   .   .   .   .
review            .   .   .   .   .   RV  .   .   .   .   .   .
close             .   .   .   .   .   .   CL  .   .   .   .   .
send_back         .   .   .   .   .   SB  SB  .   .   .   .   .
dispute           .   .   DI  DI  DI  .   .   .   DI  .   .   .
uphold            .   .   .   .   .   .   .   .   .   <=  .   .
reassign          .   .   .   .   .   .   .   .   .   HA  .   .
ask_extension     .   .   ==  ==  ==  .   .   .   ==  .   .   .
grant_extension   .   .   ==  ==  ==  .   .   .   ==  .   .   .
refuse_extension  .   .   ==  ==  ==  .   .   .   ==  .   .   .
suspend           .   .   SU  SU  SU  .   .   .   SU  .   .   .
resume            .   .   .   .   .   .   .   .   .   .   <=  .
waive             WA  WA  WA  WA  WA  WA  WA  .   WA  WA  WA  .
lapse             .   .   .   .   .   .   .   .   .   .   .   DR
close_by_data     CL  CL  CL  CL  CL  CL  CL  .   CL  CL  CL  CL
override_close    .   .   CL  CL  CL  CL  CL  .   CL  CL  .   .
reopen            .   .   .   .   .   .   .   DR  .   .   .   .
carry_over        ==  ==  ==  ==  ==  ==  ==  .   ==  ==  ==  ==
follow            ==  ==  ==  ==  ==  ==  ==  .   ==  ==  ==  ==
fail_again        .   .   .   .   .   SB  SB  .   .   .   .   .
reproject         .   .   ==  ==  ==  .   .   .   ==  ==  ==  .
"""
ABBREVIATED = {
    "DR": Status.DRAFTED,
    "SI": Status.SIGNED_OFF,
    "HA": Status.HANDED_OVER,
    "RC": Status.RECEIPTED,
    "IP": Status.IN_PROGRESS,
    "RP": Status.REPORTED,
    "RV": Status.REVIEWED,
    "CL": Status.CLOSED,
    "SB": Status.SENT_BACK,
    "DI": Status.DISPUTED,
    "SU": Status.SUSPENDED,
    "WA": Status.WAIVED,
}


def cells() -> list[tuple[Move, Status, str]]:
    header, *rows = (line.split() for line in MATRIX.strip().splitlines())
    return [
        (Move(move), ABBREVIATED[column], cell)
        for move, *row in rows
        for column, cell in zip(header, row, strict=True)
    ]


CELLS = cells()
ALLOWED = [(move, status, cell) for move, status, cell in CELLS if cell != "."]
REFUSED = [(move, status) for move, status, cell in CELLS if cell == "."]
