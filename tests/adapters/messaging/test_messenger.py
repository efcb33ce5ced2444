"""The outbox: each card is written once, atomically, and shown once."""

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
    """Return the name on a day: 区卫计局 is 区卫健局 since 2019."""
    return recipient.replace("区卫计局", "区卫健局") if day.year >= 2019 else recipient


class TestFileMessenger:
    def test_a_card_is_written_to_the_folder_of_its_day_with_address_key_and_text(
        self, messenger: Messenger, outbox: Path
    ) -> None:
        messenger.send(key=KEY, address="#区教育局", text="今天要做：……")

        letter = (outbox / "2025-11-03" / "370405-区教育局.txt").read_text(encoding="utf-8")
        assert letter == f"收件：#区教育局\n编号：{KEY}\n\n今天要做：……\n"

    def test_sending_a_card_again_writes_and_shows_nothing(
        self, messenger: Messenger, outbox: Path, shown: list[str]
    ) -> None:
        first = messenger.send(key=KEY, address="#区教育局", text="今天要做：……")

        second = messenger.send(key=KEY, address="#区教育局", text="今天要做：……")

        assert first == second
        assert len(list(outbox.rglob("*.txt"))) == 1
        assert shown == ["今天要做：……"]

    def test_a_card_in_the_outbox_was_delivered(self, messenger: Messenger) -> None:
        receipt = messenger.send(key=KEY, address="#区教育局", text="……")

        assert messenger.was_delivered(key=KEY, address="#区教育局", since=NOW) == receipt

    def test_a_card_not_in_the_outbox_was_not_delivered(self, messenger: Messenger) -> None:
        assert messenger.was_delivered(key=KEY, address="#区教育局", since=NOW) is None

    def test_a_partial_file_of_a_killed_process_was_not_delivered_and_is_replaced(
        self, messenger: Messenger, outbox: Path
    ) -> None:
        partial = outbox / "2025-11-03" / ".370405-区教育局.txt.half"
        partial.parent.mkdir(parents=True)
        partial.write_text("收件：#区", encoding="utf-8")

        assert messenger.was_delivered(key=KEY, address="#区教育局", since=NOW) is None
        messenger.send(key=KEY, address="#区教育局", text="……")

        assert [path.name for path in partial.parent.iterdir()] == ["370405-区教育局.txt"]

    def test_a_file_has_the_name_on_its_day_and_is_unique_for_each_recipient(
        self, messenger: Messenger, outbox: Path
    ) -> None:
        messenger.send(key="370405:2025-11-03:区卫计局", address="#甲", text="甲")
        messenger.send(key="370405:2025-11-03:区卫健局", address="#乙", text="乙")

        older, newer = sorted(path.name for path in outbox.rglob("*.txt"))
        assert older.startswith("370405-区卫健局-")
        assert newer == "370405-区卫健局.txt"

    def test_a_card_is_found_by_its_number_after_its_recipient_was_renamed(
        self, messenger: Messenger, outbox: Path
    ) -> None:
        key = "370405:2025-11-03:区卫计局"
        before = FileMessenger(outbox, lambda text: None, lambda recipient, day: recipient)
        before.send(key=key, address="#甲", text="甲")

        receipt = messenger.was_delivered(key=key, address="#甲", since=NOW)

        assert receipt == "2025-11-03/370405-区卫计局.txt"

    def test_two_districts_have_separate_cards(self, messenger: Messenger, outbox: Path) -> None:
        messenger.send(key=KEY, address="#甲", text="甲")
        messenger.send(key="370404:2025-11-03:区教育局", address="#乙", text="乙")

        assert len(list(outbox.rglob("*.txt"))) == 2

    @pytest.mark.parametrize("recipient", ["区教育局/../../x", "区:教*育?局", "部门、" * 60, ".."])
    def test_a_recipient_whose_name_is_no_valid_file_name_has_its_own_card(
        self, messenger: Messenger, outbox: Path, recipient: str
    ) -> None:
        messenger.send(key=f"370405:2025-11-03:{recipient}", address="#甲", text="甲")
        messenger.send(key=f"370405:2025-11-03:{recipient}_", address="#乙", text="乙")

        assert len(list((outbox / "2025-11-03").glob("*.txt"))) == 2

    def test_an_outbox_that_is_not_writable_raises_chat_unreachable(
        self, outbox: Path, shown: list[str]
    ) -> None:
        outbox.write_text("一个文件", encoding="utf-8")

        with pytest.raises(ChatUnreachable, match="卡片写不进"):
            FileMessenger(outbox, shown.append, called).send(key=KEY, address="#甲", text="甲")

        assert shown == []
