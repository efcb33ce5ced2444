"""Settings are read from the environment, and parsed once for each state of it."""

from pathlib import Path

import pytest

from junheng import settings


def test_a_changed_environment_is_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_HOME", "first")
    assert settings.settings().home == Path("first")

    monkeypatch.setenv("JUNHENG_HOME", "second")

    assert settings.settings().home == Path("second")


def test_variable_names_are_case_insensitive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUNHENG_DISTRICT", raising=False)
    assert settings.settings().district == "taierzhuang"

    monkeypatch.setenv("junheng_district", "xuecheng")

    assert settings.settings().district == "xuecheng"


def test_the_same_environment_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = settings.settings()
    monkeypatch.setenv("SOMEBODY_ELSES", "setting")

    assert settings.settings() is first


def test_an_invalid_value_is_reported_until_it_is_corrected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JUNHENG_EMAIL_PORT", "none")
    for _ in range(2):
        with pytest.raises(settings.SettingsUnusable, match="JUNHENG_EMAIL_PORT"):
            settings.settings()

    monkeypatch.setenv("JUNHENG_EMAIL_PORT", "2525")

    assert settings.settings().email_port == 2525
