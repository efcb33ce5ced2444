"""The sentences of config/wording/withdrawals.yaml."""

from junheng.wording.words import Words


class WithdrawalWords(Words):
    alarm_put_right: str
