"""The settings follow the environment, and are parsed once for each state of it."""

from pathlib import Path

import pytest

from junheng import settings


def test_a_changed_environment_is_parsed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_HOME", "first")
    assert settings.settings().home == Path("first")

    monkeypatch.setenv("JUNHENG_HOME", "second")

    assert settings.settings().home == Path("second")


def test_a_name_in_small_letters_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUNHENG_DISTRICT", raising=False)
    assert settings.settings().district == "taierzhuang"

    monkeypatch.setenv("junheng_district", "xuecheng")

    assert settings.settings().district == "xuecheng"


def test_the_same_environment_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = settings.settings()
    monkeypatch.setenv("SOMEBODY_ELSES", "setting")

    assert settings.settings() is first


def test_a_wrong_value_is_reported_each_time_until_it_is_mended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JUNHENG_GATE_PORT", "none")
    for _ in range(2):
        with pytest.raises(settings.SettingsUnusable, match="JUNHENG_GATE_PORT"):
            settings.settings()

    monkeypatch.setenv("JUNHENG_GATE_PORT", "4300")

    assert settings.settings().gate_port == 4300
