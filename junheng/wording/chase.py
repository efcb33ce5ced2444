"""The sentences of config/wording/chase.yaml."""

from junheng.wording.words import Words


class ChaseWords(Words):
    alarm_put_right: str
