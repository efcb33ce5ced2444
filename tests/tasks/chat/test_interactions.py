"""Presses: a contact's action on a card in Slack changes the ledger once, or is refused."""

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
    """Send two remediations to 区教育局 (lead) and 区财政局 (supporting)."""
    hand_over()
    hand_over(reference=ANOTHER, unit="3370405002")
    send_cards()
    return office


def moves(reference: str = REFERENCE) -> list[tuple[str, str, str]]:
    """Return the events since the hand-over as (move, person, part)."""
    return [(event.move or event.kind, event.by, event.unit) for event in events(reference)[3:]]


BY_EDUCATION = "区教育局联系人（区教育局）"
BY_FINANCE = "区财政局联系人（区财政局）"


class TestCard:
    def test_offers_the_moves_of_its_unit(self, sent: Office) -> None:
        lead, supporting = sent.slack.messages[:2]

        assert buttons_of(lead) == ["receipt", "report", "ask_extension", "dispute"]
        assert buttons_of(supporting) == ["receipt", "report"]

    def test_has_no_buttons_without_a_listener(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("JUNHENG_SLACK_APP_TOKEN")
        hand_over()

        send_cards()

        assert [buttons_of(message) for message in office.slack.messages] == [[], []]

    def test_links_to_the_ledger_if_its_url_is_set(
        self, office: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JUNHENG_LEDGER_URL", "https://ledger.example.org/")
        hand_over()

        send_cards()

        (*_, link) = office.slack.messages[0]["blocks"][-1]["elements"]
        assert (link["text"]["text"], link["url"]) == ("打开台账", "https://ledger.example.org/")
        assert office.slack.messages[0]["text"].endswith("打开台账：https://ledger.example.org/")

    @pytest.mark.parametrize("address", ["ledger.example.org", "javascript:alert(1)", "https:// x"])
    def test_a_ledger_url_that_slack_would_reject_is_refused_as_a_setting(
        self, office: Office, monkeypatch: pytest.MonkeyPatch, address: str
    ) -> None:
        monkeypatch.setenv("JUNHENG_LEDGER_URL", address)

        with pytest.raises(bootstrap.SettingsUnusable, match="JUNHENG_LEDGER_URL"):
            hand_over()

    def test_the_button_for_all_receipts_asks_for_confirmation(self, sent: Office) -> None:
        receipt = sent.slack.messages[0]["blocks"][-1]["elements"][0]

        assert receipt["style"] == "primary"
        assert receipt["confirm"]["confirm"]["text"] == "签收"


class TestReceipt:
    def test_a_receipt_covers_everything_on_the_card(self, sent: Office) -> None:
        sent.press("receipt")

        assert {kept(reference).status for reference in (REFERENCE, ANOTHER)} == {Status.RECEIPTED}
        assert moves() == moves(ANOTHER) == [("receipt", BY_EDUCATION, "")]
        assert events()[-1].reason == "经Slack签收"
        assert events()[-1].day == TUESDAY.isoformat()

    def test_a_supporting_unit_signs_for_its_own_part(self, sent: Office) -> None:
        sent.press("receipt", user=FINANCE, card=1)

        (part,) = kept().parts
        assert part.receipted_on == TUESDAY
        assert kept().status is Status.HANDED_OVER
        assert moves() == [("receipt", BY_FINANCE, "区财政局")]

    def test_the_head_of_a_unit_may_sign_too(self, sent: Office) -> None:
        sent.press("receipt", user=HEAD)

        assert moves() == [("receipt", "区教育局负责人（区教育局）", "")]

    def test_the_card_shows_the_outcome_and_has_no_receipt_button(self, sent: Office) -> None:
        (before, _) = [dict(message) for message in sent.slack.messages]

        sent.press("receipt")

        after = sent.slack.messages[0]
        assert "✓ 11月4日 09:15 区教育局签收2项" in list(lines_of(after))
        assert buttons_of(after) == ["report", "ask_extension", "dispute"]
        assert after["metadata"] == before["metadata"]
        assert set(lines_of(before)) <= set(lines_of(after))

    def test_a_second_press_is_refused_and_recorded(self, sent: Office) -> None:
        sent.press("receipt")

        sent.press("receipt")

        assert moves() == [("receipt", BY_EDUCATION, "")]
        assert "没有需要您“签收”的事项" in sent.whispers[0]
        assert [event.reason for event in refusals()] == sent.whispers

    def test_a_receipt_covers_only_open_items(self, sent: Office) -> None:
        sent.submit("report", item=REFERENCE, text="已补齐")

        sent.press("receipt")

        assert "✓ 11月4日 09:15 区教育局签收1项" in list(lines_of(sent.slack.messages[0]))
        assert moves(ANOTHER) == [("receipt", BY_EDUCATION, "")]


class TestForms:
    def test_a_form_lists_the_items_open_for_the_unit(self, sent: Office) -> None:
        sent.press("report")

        (view,) = sent.slack.views
        (group,) = view["blocks"][0]["element"]["option_groups"]
        assert group["label"]["text"].startswith("R1 ")
        assert [option["value"] for option in group["options"]] == [REFERENCE, ANOTHER]
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

    def test_a_report_with_files_enters_evidence(self, sent: Office) -> None:
        files = [
            sent.slack.attach("报告<!channel>.pdf", PDF),
            sent.slack.attach("b.pdf", PDF + b"%"),
        ]

        sent.submit("report", item=REFERENCE, text="见附件", files=files, kind="报告")

        kinds = [event.kind for event in events()[3:]]
        assert kinds == ["evidence_added"] * 2 + ["moved"] * 3
        assert '"name":"报告_!channel_.pdf"' in events()[3].details
        assert "附佐证2个" in sent.slack.messages[0]["text"]

    def test_a_refused_file_prevents_the_whole_report(self, sent: Office) -> None:
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

    def test_an_extension_is_requested(self, sent: Office) -> None:
        sent.submit("ask_extension", item=REFERENCE, until="2025-12-31", text="施工")

        assert str(kept().extension_until) == "2025-12-31"
        assert events()[-1].reason == "经Slack：施工"
        line = f"✓ 11月4日 09:15 区教育局申请延期 {REFERENCE} 至2025-12-31"
        assert line in list(lines_of(sent.slack.messages[0]))

    def test_an_item_of_another_unit_is_disputed(self, sent: Office) -> None:
        sent.submit("dispute", item=REFERENCE, text="应由区编办承担")

        assert kept().status is Status.DISPUTED
        assert events()[-1].reason == "经Slack：应由区编办承担"

    @pytest.mark.parametrize(
        ("move", "given", "blank", "mistake"),
        [
            ("ask_extension", {"until": "2025-11-05", "text": "施工"}, "until", "晚于现在期限"),
            ("ask_extension", {"text": "施工"}, "until", "晚于现在期限"),
            ("dispute", {"text": "  "}, "text", "请填写"),
            ("report", {"text": "见附件", "files": ["F1"]}, "kind", "请选择佐证类别"),
            ("report", {"text": "见附件", "files": ["F1"] * 11, "kind": "报告"}, "files", "10"),
        ],
    )
    def test_a_mistake_is_shown_at_its_blank_and_can_be_corrected(
        self, sent: Office, move: str, given: dict[str, Any], blank: str, mistake: str
    ) -> None:
        taken = sent.submit(move, item=REFERENCE, **given)

        assert list(taken.mistakes) == [blank]
        assert mistake in dict(taken.mistakes)[blank]  # type: ignore[index]
        assert moves() == []
        right: dict[str, Any] = {"text": "施工"}
        if move == "ask_extension":
            right["until"] = "2025-12-31"
        again = sent.act(sent.slack.submit(user=EDUCATION, item=REFERENCE, **right))
        assert not again.mistakes
        assert len(moves()) > 0

    def test_a_form_not_opened_in_time_must_be_requested_again(self, sent: Office) -> None:
        pressed = sent.slack.press("report", user=EDUCATION)
        sent.slack.triggers.clear()

        sent.act(pressed)

        assert sent.whispers == ["表单没有来得及打开，请再按一次按钮"]


class TestAuthorization:
    def refused(self, office: Office, sentence: str) -> None:
        """Assert that nothing changed, the refusal is in the history, and the chain is unbroken."""
        assert kept().status is Status.HANDED_OVER
        assert kept().parts[0].receipted_on is None
        assert office.slack.updates == 0
        (event,) = refusals()
        assert sentence in event.reason
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

    def test_another_workspace_is_refused_without_a_message(self, sent: Office) -> None:
        sent.press("receipt", team="T9999999")

        self.refused(sent, "别的 Slack 工作区")
        assert sent.whispers == []

    def test_a_form_opened_by_another_user_is_refused(self, sent: Office) -> None:
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

    def test_a_message_that_is_not_our_card_is_refused(self, sent: Office) -> None:
        pressed = sent.slack.press("receipt", user=EDUCATION)
        pressed["container"]["message_ts"] = "1.000001"

        sent.act(pressed)

        self.refused(sent, "不是本系统发出的卡片")

    def test_a_move_made_by_another_person_meanwhile_is_not_repeated(self, sent: Office) -> None:
        sent.press("dispute")
        sent.press("dispute", user=HEAD)
        first = sent.slack.submit(user=EDUCATION, view=0, item=REFERENCE, text="x")
        second = sent.slack.submit(user=HEAD, view=1, item=REFERENCE, text="x")

        sent.act(first)
        sent.act(second)

        assert f"{REFERENCE} 现在是“待裁定”" in refusals()[0].reason


class TestIdempotence:
    def test_a_redelivered_envelope_is_ignored(self, sent: Office) -> None:
        pressed = sent.slack.press("receipt", user=EDUCATION)
        sent.act(pressed, envelope="E1")

        sent.act(pressed, envelope="E1")
        sent.act(pressed, envelope="E2", is_again=True)

        assert len(pressing.presses()) == 1
        assert moves() == [("receipt", BY_EDUCATION, "")]
        assert refusals() == []

    def test_a_replayed_button_is_refused_and_recorded(self, sent: Office) -> None:
        pressed = sent.slack.press("receipt", user=EDUCATION)
        sent.act(pressed)

        sent.act(pressed)

        assert [row.status for row in pressing.presses()] == ["done", "refused"]
        assert "已经办理过" in refusals()[0].reason
        assert moves() == [("receipt", BY_EDUCATION, "")]

    def test_a_replayed_form_is_refused_and_recorded(self, sent: Office) -> None:
        sent.press("ask_extension")
        form = sent.slack.submit(user=EDUCATION, item=REFERENCE, until="2025-12-31", text="施工")
        sent.act(form)

        sent.act(form)

        assert "已经办理过" in refusals()[0].reason
        assert [move for move, _, _ in moves()] == ["ask_extension"]

    def test_a_stored_press_that_was_not_carried_out_is_unfinished(self, sent: Office) -> None:
        taken = sent.hand(sent.slack.press("receipt", user=EDUCATION))

        assert interactions.unfinished() == (taken.press_id,)
        assert moves() == []

    def test_finishing_a_press_twice_carries_it_out_once(self, sent: Office) -> None:
        taken = sent.press("receipt")
        assert taken.press_id is not None

        sent.desk.finish(taken.press_id)

        assert moves() == [("receipt", BY_EDUCATION, "")]
        assert sent.slack.updates == 1
        assert interactions.unfinished() == ()

    def test_a_failed_update_of_a_card_is_retried_later(self, sent: Office) -> None:
        sent.slack.faults["chat.update"].extend([500] * 3)
        with pytest.raises(ChatFailing):
            sent.press("receipt")
        (number,) = interactions.unfinished()

        sent.desk.finish(number)

        assert moves() == [("receipt", BY_EDUCATION, "")]
        assert sent.slack.updates == 1
        assert interactions.unfinished() == ()

    def test_a_deleted_card_does_not_keep_a_press_unfinished(self, sent: Office) -> None:
        sent.slack.faults["chat.update"].append("message_not_found")

        sent.press("receipt")

        assert interactions.unfinished() == ()
        assert kept().status is Status.RECEIPTED

    def test_a_stored_press_contains_no_token(self, sent: Office) -> None:
        sent.press("receipt")

        (row,) = pressing.presses()
        assert "token" not in str(row.payload)
        assert "hooks.invalid" not in str(row.payload)


class TestFiles:
    def test_a_file_outside_slack_is_not_downloaded(self, sent: Office) -> None:
        elsewhere = sent.slack.attach("a.pdf", PDF, url_private_download="https://x.invalid/a")

        sent.submit("report", item=REFERENCE, text="x", files=[elsewhere], kind="报告")

        assert sent.slack.fetched == []
        assert "不是 Slack 上的文件" in sent.whispers[0]
        assert kept().status is Status.HANDED_OVER

    def test_redirects_to_other_hosts_are_not_followed(self, sent: Office) -> None:
        led = sent.slack.attach("a.pdf", PDF, leads_to="https://x.invalid/a")

        sent.submit("report", item=REFERENCE, text="x", files=[led], kind="报告")

        assert "取不下来（302）" in sent.whispers[0]

    def test_a_too_large_file_is_refused(self, sent: Office) -> None:
        large = sent.slack.attach("大.pdf", PDF + b"\0" * (20 * 2**20))

        sent.submit("report", item=REFERENCE, text="x", files=[large], kind="报告")

        assert "每个文件不能超过 20 MB" in sent.whispers[0]

    def test_no_file_is_downloaded_for_an_unknown_user(self, sent: Office) -> None:
        file = sent.slack.attach("a.pdf", PDF)
        sent.press("report")

        given: dict[str, Any] = {"item": REFERENCE, "text": "x", "files": [file], "kind": "报告"}
        sent.act(sent.slack.submit(user=STRANGER, **given))

        assert sent.slack.fetched == []
