"""Slack's blocks and views: within Slack's limits, and without mentions."""

from datetime import date

import pytest

from junheng.adapters.slack import blocks, views
from junheng.adapters.slack.sending import SlackMessenger
from junheng.adapters.slack.web_api import SlackDesk
from junheng.domain.chat.buttons import OFFERED, Button, action_id
from junheng.domain.chat.dialogs import Form, Group, Option, grouped
from junheng.domain.chat.interactions import Blank, Opened
from junheng.domain.ledger.lifecycle import Move
from tests.fakes_slack import FakeSlackOffice, buttons_of, sections_of, too_much

KEY = "370405:2025-11-03:区教育局"
LINES = [f"第{number}行" + "字" * 96 for number in range(1, 51)]
BUTTONS = tuple(Button(action_id(move), move.value) for move in OFFERED)


class TestCard:
    def test_a_card_of_5000_characters_is_split_at_its_line_ends(self) -> None:
        text = "\n".join(LINES)
        assert len(text) > 5000

        sections = sections_of({"blocks": blocks.card(text)})

        assert len(sections) == 2
        assert "\n".join(sections) == text

    def test_the_real_client_sends_a_long_card_complete_with_its_buttons(self) -> None:
        text = "\n".join(LINES)
        with FakeSlackOffice() as office:
            messenger = SlackMessenger("xoxb-test", office.url)

            messenger.send(key=KEY, address="#区教育局", text=text, buttons=BUTTONS)

        (message,) = office.messages
        assert "\n".join(sections_of(message)) == message["text"] == text
        assert buttons_of(message) == ["receipt", "report", "ask_extension", "dispute"]

    def test_the_longest_card_can_be_updated_with_the_most_lines_below_it(self) -> None:
        text, done = (
            "\n".join(LINES[:34]),
            [f"✓ 11月4日 09:{minute} 某局反馈" for minute in range(10, 41)],
        )
        with FakeSlackOffice() as office:
            receipt = SlackMessenger("xoxb-test", office.url).send(key=KEY, address="#a", text=text)
            desk = SlackDesk("xoxb-test", office.url)

            desk.rewrite(receipt=receipt, key=KEY, text=text, done=done, buttons=())

        (message,) = office.messages
        assert "\n".join(sections_of(message)) == "\n".join((text, *done))

    def test_a_line_longer_than_a_section_is_split(self) -> None:
        card = blocks.card("<" * 7000)

        assert not too_much({"blocks": card})
        assert "".join(sections_of({"blocks": card})) == "&lt;" * 7000

    def test_a_card_has_no_more_blocks_than_slack_accepts(self) -> None:
        card = blocks.card("字" * 300000, buttons=BUTTONS, done=["✓ 已签收"])

        assert not too_much({"blocks": card})
        assert [block["type"] for block in card[-2:]] == ["section", "actions"]

    def test_markup_is_escaped(self) -> None:
        (section,) = blocks.card("<!channel> <https://x|y> *甲*")

        assert section["text"]["type"] == "plain_text"
        assert section["text"]["text"] == "&lt;!channel&gt; &lt;https://x|y&gt; *甲*"


def form(*groups: Group, more: str = "") -> Form:
    return Form(
        move=Move.REPORT,
        title="反馈整改情况",
        submit="提交反馈",
        cancel="取消",
        opened=Opened(channel="C1", ts="1.0", opened_by="U1"),
        labels={blank: blank.value for blank in Blank},
        groups=groups,
        kinds=("报告",),
        file_types=("pdf",),
        more=more,
    )


class TestModal:
    def test_a_thousand_items_of_one_line_are_in_ten_groups(self) -> None:
        listed = [("R1", Option(f"第{number}小学", str(number))) for number in range(1200)]

        groups, rest = grouped(listed)

        assert [len(group.options) for group in groups] == [100] * 10
        assert rest == 200
        assert not too_much(views.modal(form(*groups, more="另有200项")))

    def test_items_beyond_the_limit_of_groups_are_counted(self) -> None:
        listed = [(f"R{number}", Option("某校", str(number))) for number in range(150)]

        groups, rest = grouped(listed)

        assert (len(groups), rest) == (100, 50)

    @pytest.mark.parametrize("text", ["校" * 200, "<!channel>" * 20])
    def test_a_long_name_is_cut(self, text: str) -> None:
        view = views.modal(form(Group(text, (Option(text, "1"),))))

        (group,) = view["blocks"][0]["element"]["option_groups"]
        assert group["options"][0]["text"]["text"].endswith("…")
        assert not too_much(view)

    def test_mistakes_are_shown_at_their_fields(self) -> None:
        mistakes = {Blank.UNTIL: f"请选择晚于 {date(2025, 11, 17)} 的日期"}

        assert views.errors(mistakes) == {
            "response_action": "errors",
            "errors": {"until": "请选择晚于 2025-11-17 的日期"},
        }
