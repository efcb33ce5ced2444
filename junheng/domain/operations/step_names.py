"""The names of the steps of a run, as the Prefect UI, the logs and the alarms show them."""

from enum import StrEnum


class StepName(StrEnum):
    """The name of each step; a run started by the command has the same names."""

    FREEZE_TIME = "记下时间"
    NOTE_STARTED = "记录发起人"
    CHECK_CONTACTS = "核对联系人"
    LOOK_INTO_INBOX = "查看收报"
    COLLECT = "收取报送"
    MARK_READ = "记下已收"
    ASK_FOR_RECHECK = "安排复核"
    CHOOSE_YEAR = "确定学年"
    EVALUATE = "评估判定"
    WRITE_REPORT = "判定报告"
    DRAFT_REMEDIATIONS = "起草整改"
    ASK_FOR_SIGN_OFF = "请求签批"
    HAND_OVER = "交办整改"
    KEEP_UP = "例行事项"
    DRAFT_CARDS = "起草卡片"
    SEND_CARDS = "发送卡片"
    AUDIT = "核查台账"
    TIDY = "清理"
