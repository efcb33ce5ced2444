"""The outbox: a card lies there once, whole, and is shown once."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from junheng.adapters.messaging.messenger import ChatUnreachable, FileMessenger, Messenger

KEY = "370405:2025-11-03:区教育局"
NOW = datetime(2025, 11, 3, 8, 0, tzinfo=UTC)


@pytest.fixture
def shown() -> list[str]:
    return []


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def messenger(outbox: Path, shown: list[str]) -> Messenger:
    return FileMessenger(outbox, shown.append, called)


def called(recipient: str, day: date) -> str:
    """The name of the day: 区卫计局 is 区卫健局 since 2019."""
    return recipient.replace("区卫计局", "区卫健局") if day.year >= 2019 else recipient


class TestFileMessenger:
    def test_a_card_lies_under_its_day_with_address_key_and_text(
        self, messenger: Messenger, outbox: Path
    ) -> None:
        messenger.send(key=KEY, address="#区教育局", text="今天要做：……")

        letter = (outbox / "2025-11-03" / "370405-区教育局.txt").read_text(encoding="utf-8")
        assert letter == f"收件：#区教育局\n编号：{KEY}\n\n今天要做：……\n"

    def test_the_second_sending_of_a_card_lays_and_shows_nothing_more(
        self, messenger: Messenger, outbox: Path, shown: list[str]
    ) -> None:
        first = messenger.send(key=KEY, address="#区教育局", text="今天要做：……")

        second = messenger.send(key=KEY, address="#区教育局", text="今天要做：……")

        assert first == second
        assert len(list(outbox.rglob("*.txt"))) == 1
        assert shown == ["今天要做：……"]

    def test_a_card_that_lies_there_was_delivered(self, messenger: Messenger) -> None:
        receipt = messenger.send(key=KEY, address="#区教育局", text="……")

        assert messenger.was_delivered(key=KEY, address="#区教育局", since=NOW) == receipt

    def test_a_card_that_does_not_lie_there_was_not_delivered(self, messenger: Messenger) -> None:
        assert messenger.was_delivered(key=KEY, address="#区教育局", since=NOW) is None

    def test_half_a_card_left_by_a_killed_process_was_not_delivered_and_is_replaced(
        self, messenger: Messenger, outbox: Path
    ) -> None:
        half = outbox / "2025-11-03" / ".370405-区教育局.txt.half"
        half.parent.mkdir(parents=True)
        half.write_text("收件：#区", encoding="utf-8")

        assert messenger.was_delivered(key=KEY, address="#区教育局", since=NOW) is None
        messenger.send(key=KEY, address="#区教育局", text="……")

        assert [path.name for path in half.parent.iterdir()] == ["370405-区教育局.txt"]

    def test_a_file_bears_the_name_of_the_day_and_stays_one_for_each_recipient(
        self, messenger: Messenger, outbox: Path
    ) -> None:
        messenger.send(key="370405:2025-11-03:区卫计局", address="#甲", text="甲")
        messenger.send(key="370405:2025-11-03:区卫健局", address="#乙", text="乙")

        older, newer = sorted(path.name for path in outbox.rglob("*.txt"))
        assert older.startswith("370405-区卫健局-")
        assert newer == "370405-区卫健局.txt"

    def test_a_card_is_found_by_its_number_when_its_recipient_has_another_name_by_now(
        self, messenger: Messenger, outbox: Path
    ) -> None:
        key = "370405:2025-11-03:区卫计局"
        before = FileMessenger(outbox, lambda text: None, lambda recipient, day: recipient)
        before.send(key=key, address="#甲", text="甲")

        receipt = messenger.was_delivered(key=key, address="#甲", since=NOW)

        assert receipt == "2025-11-03/370405-区卫计局.txt"

    def test_two_districts_do_not_share_a_card(self, messenger: Messenger, outbox: Path) -> None:
        messenger.send(key=KEY, address="#甲", text="甲")
        messenger.send(key="370404:2025-11-03:区教育局", address="#乙", text="乙")

        assert len(list(outbox.rglob("*.txt"))) == 2

    @pytest.mark.parametrize("recipient", ["区教育局/../../x", "区:教*育?局", "部门、" * 60, ".."])
    def test_a_recipient_no_file_can_be_named_after_still_gets_its_own_card(
        self, messenger: Messenger, outbox: Path, recipient: str
    ) -> None:
        messenger.send(key=f"370405:2025-11-03:{recipient}", address="#甲", text="甲")
        messenger.send(key=f"370405:2025-11-03:{recipient}_", address="#乙", text="乙")

        assert len(list((outbox / "2025-11-03").glob("*.txt"))) == 2

    def test_an_outbox_that_cannot_be_written_says_so(self, outbox: Path, shown: list[str]) -> None:
        outbox.write_text("一个文件", encoding="utf-8")

        with pytest.raises(ChatUnreachable, match="卡片写不进"):
            FileMessenger(outbox, shown.append, called).send(key=KEY, address="#甲", text="甲")

        assert shown == []
