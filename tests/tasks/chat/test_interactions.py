"""Presses: what a contact does on a card in Slack is in the ledger, once, or refused and told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from junheng import bootstrap
from junheng.adapters.messaging.messenger import ChatFailing
from junheng.domain.ledger.lifecycle import Status
from tasks.chat import interactions
from tasks.history import auditing
from tests.fakes_slack import BOT, buttons_of, lines_of
from tests.tasks import pressing
from tests.tasks.ledgers import REFERENCE, TUESDAY, events, hand_over, kept
from tests.tasks.pressing import (
    EDUCATION,
    FINANCE,
    HEAD,
    STAFFING,
    STRANGER,
    Office,
    refusals,
    send_cards,
)

ANOTHER = "370405-2025-0002"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with pressing.office(tmp_path / "taierzhuang", monkeypatch) as opened:
        yield opened


@pytest.fixture
def sent(office: Office) -> Office:
    """Send each of two remediations to 区教育局, which leads, and 区财政局, which supports."""
    hand_over()
    hand_over(reference=ANOTHER, unit="3370405002")
    send_cards()
    return office


def moves(reference: str = REFERENCE) -> list[tuple[str, str, str]]:
    """Return what was done since it was handed over: the move, by whom, and for which part."""
    return [(one.move or one.kind, one.by, one.unit) for one in events(reference)[3:]]


BY_EDUCATION = "区教育局联系人（区教育局）"
BY_FINANCE = "区财政局联系人（区财政局）"


class TestTheCard:
    def test_it_offers_what_its_unit_can_do(self, sent: Office) -> None:
        lead, supporting = sent.slack.messages[:2]

        assert buttons_of(lead) == ["receipt", "report", "ask_extension", "dispute"]
        assert buttons_of(supporting) == ["receipt", "report"]

    def test_where_nobody_listens_it_has_no_buttons(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("JUNHENG_SLACK_APP_TOKEN")
        hand_over()

        send_cards()

        assert [buttons_of(message) for message in office.slack.messages] == [[], []]

    def test_it_leads_to_the_ledger_where_that_can_be_read(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JUNHENG_LEDGER_URL", "https://ledger.example.org/")
        hand_over()

        send_cards()

        (*_, link) = office.slack.messages[0]["blocks"][-1]["elements"]
        assert (link["text"]["text"], link["url"]) == ("打开台账", "https://ledger.example.org/")
        assert office.slack.messages[0]["text"].endswith("打开台账：https://ledger.example.org/")

    @pytest.mark.parametrize("address", ["ledger.example.org", "javascript:alert(1)", "https:// x"])
    def test_an_address_that_would_close_slack_to_every_card_is_refused_as_a_setting(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, address: str
    ) -> None:
        monkeypatch.setenv("JUNHENG_LEDGER_URL", address)

        with pytest.raises(bootstrap.SettingsUnusable, match="JUNHENG_LEDGER_URL"):
            hand_over()

    def test_everything_is_signed_for_only_after_a_question(self, sent: Office) -> None:
        receipt = sent.slack.messages[0]["blocks"][-1]["elements"][0]

        assert receipt["style"] == "primary"
        assert receipt["confirm"]["confirm"]["text"] == "签收"


class TestReceipt:
    def test_everything_on_the_card_is_signed_for(self, sent: Office) -> None:
        sent.press("receipt")

        assert {kept(one).status for one in (REFERENCE, ANOTHER)} == {Status.RECEIPTED}
        assert moves() == moves(ANOTHER) == [("receipt", BY_EDUCATION, "")]
        assert events()[-1].reason == "经Slack签收"
        assert events()[-1].day == TUESDAY.isoformat()

    def test_who_supports_signs_for_its_own_part(self, sent: Office) -> None:
        sent.press("receipt", user=FINANCE, card=1)

        (part,) = kept().parts
        assert part.receipted_on == TUESDAY
        assert kept().status is Status.HANDED_OVER
        assert moves() == [("receipt", BY_FINANCE, "区财政局")]

    def test_the_head_of_a_unit_signs_for_it_too(self, sent: Office) -> None:
        sent.press("receipt", user=HEAD)

        assert moves() == [("receipt", "区教育局负责人（区教育局）", "")]

    def test_the_card_says_so_and_offers_it_no_more(self, sent: Office) -> None:
        (before, _) = [dict(message) for message in sent.slack.messages]

        sent.press("receipt")

        after = sent.slack.messages[0]
        assert "✓ 11月4日 09:15 区教育局签收2项" in list(lines_of(after))
        assert buttons_of(after) == ["report", "ask_extension", "dispute"]
        assert after["metadata"] == before["metadata"]
        assert set(lines_of(before)) <= set(lines_of(after))

    def test_pressed_again_it_is_refused_and_written_down(self, sent: Office) -> None:
        sent.press("receipt")

        sent.press("receipt")

        assert moves() == [("receipt", BY_EDUCATION, "")]
        assert "没有需要您“签收”的事项" in sent.whispers[0]
        assert [event.reason for event in refusals()] == sent.whispers

    def test_only_what_is_left_is_signed_for(self, sent: Office) -> None:
        sent.submit("report", item=REFERENCE, text="已补齐")

        sent.press("receipt")

        assert "✓ 11月4日 09:15 区教育局签收1项" in list(lines_of(sent.slack.messages[0]))
        assert moves(ANOTHER) == [("receipt", BY_EDUCATION, "")]


class TestForms:
    def test_a_form_lists_what_the_unit_may_still_do(self, sent: Office) -> None:
        sent.press("report")

        (view,) = sent.slack.views
        (group,) = view["blocks"][0]["element"]["option_groups"]
        assert group["label"]["text"].startswith("R1 ")
        assert [one["value"] for one in group["options"]] == [REFERENCE, ANOTHER]
        assert [block["block_id"] for block in view["blocks"]] == ["item", "text", "files", "kind"]

    def test_a_report_goes_into_the_ledger(self, sent: Office) -> None:
        sent.submit("report", item=REFERENCE, text="已补齐三名教师")

        assert kept().status is Status.REPORTED
        assert kept().progress == "已补齐三名教师"
        assert moves() == [
            ("receipt", BY_EDUCATION, ""),
            ("start", BY_EDUCATION, ""),
            ("report", BY_EDUCATION, ""),
        ]
        line = f"✓ 11月4日 09:15 区教育局反馈 {REFERENCE}"
        assert line in list(lines_of(sent.slack.messages[0]))

    def test_a_report_with_files_brings_evidence(self, sent: Office) -> None:
        files = [
            sent.slack.attach("报告<!channel>.pdf", PDF),
            sent.slack.attach("b.pdf", PDF + b"%"),
        ]

        sent.submit("report", item=REFERENCE, text="见附件", files=files, kind="报告")

        told = [event.kind for event in events()[3:]]
        assert told == ["evidence_added"] * 2 + ["moved"] * 3
        assert '"name":"报告_!channel_.pdf"' in events()[3].details
        assert "附佐证2个" in sent.slack.messages[0]["text"]

    def test_one_file_that_is_not_taken_and_nothing_is_reported(self, sent: Office) -> None:
        files = [sent.slack.attach("好.pdf", PDF), sent.slack.attach("坏.pdf", b"MZ" + b"\0" * 200)]

        sent.submit("report", item=REFERENCE, text="见附件", files=files, kind="报告")

        assert kept().status is Status.HANDED_OVER
        assert [event.kind for event in events()[3:]] == ["refused"]
        assert "“坏.pdf”：内容是程序" in sent.whispers[0]

    def test_a_supporting_unit_reports_its_own_part(self, sent: Office) -> None:
        sent.press("report", user=FINANCE, card=1)
        sent.act(sent.slack.submit(user=FINANCE, item=REFERENCE, text="已拨付"))

        (part,) = kept().parts
        assert (part.reported_on, part.progress) == (TUESDAY, "已拨付")
        assert kept().status is Status.HANDED_OVER

    def test_an_extension_is_asked_for(self, sent: Office) -> None:
        sent.submit("ask_extension", item=REFERENCE, until="2025-12-31", text="施工")

        assert str(kept().extension_until) == "2025-12-31"
        assert events()[-1].reason == "经Slack：施工"
        line = f"✓ 11月4日 09:15 区教育局申请延期 {REFERENCE} 至2025-12-31"
        assert line in list(lines_of(sent.slack.messages[0]))

    def test_what_is_not_ours_is_disputed(self, sent: Office) -> None:
        sent.submit("dispute", item=REFERENCE, text="应由区编办承担")

        assert kept().status is Status.DISPUTED
        assert events()[-1].reason == "经Slack：应由区编办承担"

    @pytest.mark.parametrize(
        ("move", "given", "blank", "said"),
        [
            ("ask_extension", {"until": "2025-11-05", "text": "施工"}, "until", "晚于现在期限"),
            ("ask_extension", {"text": "施工"}, "until", "晚于现在期限"),
            ("dispute", {"text": "  "}, "text", "请填写"),
            ("report", {"text": "见附件", "files": ["F1"]}, "kind", "请选择佐证类别"),
            ("report", {"text": "见附件", "files": ["F1"] * 11, "kind": "报告"}, "files", "10"),
        ],
    )
    def test_a_mistake_is_said_where_it_was_made_and_can_be_put_right(
        self, sent: Office, move: str, given: dict[str, Any], blank: str, said: str
    ) -> None:
        taken = sent.submit(move, item=REFERENCE, **given)

        assert list(taken.mistakes) == [blank]
        assert said in dict(taken.mistakes)[blank]  # type: ignore[index]
        assert moves() == []
        right: dict[str, Any] = {"text": "施工"}
        if move == "ask_extension":
            right["until"] = "2025-12-31"
        again = sent.act(sent.slack.submit(user=EDUCATION, item=REFERENCE, **right))
        assert not again.mistakes
        assert len(moves()) > 0

    def test_a_form_that_could_not_be_opened_in_time_is_asked_for_anew(self, sent: Office) -> None:
        pressed = sent.slack.press("report", user=EDUCATION)
        sent.slack.triggers.clear()

        sent.act(pressed)

        assert sent.whispers == ["表单没有来得及打开，请再按一次按钮"]


class TestWhoItIs:
    def refused(self, office: Office, said: str) -> None:
        """Nothing has changed, the history tells of it, and the chain holds."""
        assert kept().status is Status.HANDED_OVER
        assert kept().parts[0].receipted_on is None
        assert office.slack.updates == 0
        (event,) = refusals()
        assert said in event.reason
        last = pressing.presses()[-1]
        assert (last.status, last.outcome) == ("refused", event.reason)
        assert not auditing.verify().breaks

    def test_a_forged_user_is_refused(self, sent: Office) -> None:
        sent.press("receipt", user=STRANGER)

        self.refused(sent, f"不认识您的 Slack 账号（{STRANGER}）")
        assert refusals()[0].by == f"Slack用户{STRANGER}"
        assert sent.slack.whispers[0]["user"] == STRANGER

    def test_a_wrong_department_is_refused(self, sent: Office) -> None:
        sent.press("receipt", user=STAFFING)

        self.refused(sent, "您登记的单位（区编办）既不牵头也不配合")

    def test_a_wrong_department_cannot_send_a_form_either(self, sent: Office) -> None:
        hand_over(reference="370405-2025-0003", unit="3370405003", lead="区编办", supporting=())
        sent.press("report")

        sent.act(sent.slack.submit(user=EDUCATION, item="370405-2025-0003", text="x"))

        self.refused(sent, "既不牵头也不配合370405-2025-0003")
        assert refusals()[0].reference == "370405-2025-0003"

    def test_another_workspace_is_refused_and_not_spoken_to(self, sent: Office) -> None:
        sent.press("receipt", team="T9999999")

        self.refused(sent, "别的 Slack 工作区")
        assert sent.whispers == []

    def test_a_form_that_was_opened_for_somebody_else_is_refused(self, sent: Office) -> None:
        sent.press("dispute")

        sent.act(sent.slack.submit(user=HEAD, item=REFERENCE, text="x"))

        self.refused(sent, "为另一位成员打开")

    def test_a_bot_is_refused(self, sent: Office) -> None:
        sent.press("receipt", user=BOT)

        self.refused(sent, "机器人不能代人办理")

    def test_an_unknown_reference_is_refused(self, sent: Office) -> None:
        sent.press("report")

        sent.act(sent.slack.submit(user=EDUCATION, item="370405-2025-9999", text="x"))

        self.refused(sent, "没有编号 370405-2025-9999")

    def test_an_item_of_another_card_is_refused(self, sent: Office) -> None:
        later = "370405-2025-0004"
        hand_over(reference=later, unit="3370405004")
        sent.press("report")

        sent.act(sent.slack.submit(user=EDUCATION, item=later, text="x"))

        self.refused(sent, f"{later} 不在这张卡片上")

    def test_a_message_that_is_no_card_of_ours_is_refused(self, sent: Office) -> None:
        pressed = sent.slack.press("receipt", user=EDUCATION)
        pressed["container"]["message_ts"] = "1.000001"

        sent.act(pressed)

        self.refused(sent, "不是本系统发出的卡片")

    def test_what_somebody_else_did_meanwhile_is_not_done_again(self, sent: Office) -> None:
        sent.press("dispute")
        sent.press("dispute", user=HEAD)
        first = sent.slack.submit(user=EDUCATION, view=0, item=REFERENCE, text="x")
        second = sent.slack.submit(user=HEAD, view=1, item=REFERENCE, text="x")

        sent.act(first)
        sent.act(second)

        assert f"{REFERENCE} 现在是“待裁定”" in refusals()[0].reason


class TestOnce:
    def test_an_envelope_that_comes_again_does_nothing(self, sent: Office) -> None:
        pressed = sent.slack.press("receipt", user=EDUCATION)
        sent.act(pressed, envelope="E1")

        sent.act(pressed, envelope="E1")
        sent.act(pressed, envelope="E2", is_again=True)

        assert len(pressing.presses()) == 1
        assert moves() == [("receipt", BY_EDUCATION, "")]
        assert refusals() == []

    def test_a_replayed_button_is_refused_and_written_down(self, sent: Office) -> None:
        pressed = sent.slack.press("receipt", user=EDUCATION)
        sent.act(pressed)

        sent.act(pressed)

        assert [row.status for row in pressing.presses()] == ["done", "refused"]
        assert "已经办理过" in refusals()[0].reason
        assert moves() == [("receipt", BY_EDUCATION, "")]

    def test_a_replayed_form_is_refused_and_written_down(self, sent: Office) -> None:
        sent.press("ask_extension")
        form = sent.slack.submit(user=EDUCATION, item=REFERENCE, until="2025-12-31", text="施工")
        sent.act(form)

        sent.act(form)

        assert "已经办理过" in refusals()[0].reason
        assert [move for move, _, _ in moves()] == ["ask_extension"]

    def test_what_is_written_down_and_not_done_is_found_again(self, sent: Office) -> None:
        taken = sent.hand(sent.slack.press("receipt", user=EDUCATION))

        assert interactions.unfinished() == (taken.press_id,)
        assert moves() == []

    def test_a_press_is_done_once_however_often_it_is_finished(self, sent: Office) -> None:
        taken = sent.press("receipt")
        assert taken.press_id is not None

        sent.desk.finish(taken.press_id)

        assert moves() == [("receipt", BY_EDUCATION, "")]
        assert sent.slack.updates == 1
        assert interactions.unfinished() == ()

    def test_a_card_that_cannot_be_rewritten_now_is_rewritten_later(self, sent: Office) -> None:
        sent.slack.faults["chat.update"].extend([500] * 3)
        with pytest.raises(ChatFailing):
            sent.press("receipt")
        (number,) = interactions.unfinished()

        sent.desk.finish(number)

        assert moves() == [("receipt", BY_EDUCATION, "")]
        assert sent.slack.updates == 1
        assert interactions.unfinished() == ()

    def test_a_card_that_is_gone_keeps_nobody_waiting(self, sent: Office) -> None:
        sent.slack.faults["chat.update"].append("message_not_found")

        sent.press("receipt")

        assert interactions.unfinished() == ()
        assert kept().status is Status.RECEIPTED

    def test_what_is_kept_of_a_press_has_no_token_in_it(self, sent: Office) -> None:
        sent.press("receipt")

        (row,) = pressing.presses()
        assert "token" not in str(row.payload)
        assert "hooks.invalid" not in str(row.payload)


class TestFiles:
    def test_only_slack_itself_is_shown_the_token(self, sent: Office) -> None:
        elsewhere = sent.slack.attach("a.pdf", PDF, url_private_download="https://x.invalid/a")

        sent.submit("report", item=REFERENCE, text="x", files=[elsewhere], kind="报告")

        assert sent.slack.fetched == []
        assert "不是 Slack 上的文件" in sent.whispers[0]
        assert kept().status is Status.HANDED_OVER

    def test_nobody_is_followed_elsewhere(self, sent: Office) -> None:
        led = sent.slack.attach("a.pdf", PDF, leads_to="https://x.invalid/a")

        sent.submit("report", item=REFERENCE, text="x", files=[led], kind="报告")

        assert "取不下来（302）" in sent.whispers[0]

    def test_a_file_that_is_too_large_says_so(self, sent: Office) -> None:
        large = sent.slack.attach("大.pdf", PDF + b"\0" * (20 * 2**20))

        sent.submit("report", item=REFERENCE, text="x", files=[large], kind="报告")

        assert "每个文件不能超过 20 MB" in sent.whispers[0]

    def test_nothing_is_fetched_for_a_stranger(self, sent: Office) -> None:
        file = sent.slack.attach("a.pdf", PDF)
        sent.press("report")

        given: dict[str, Any] = {"item": REFERENCE, "text": "x", "files": [file], "kind": "报告"}
        sent.act(sent.slack.submit(user=STRANGER, **given))

        assert sent.slack.fetched == []
