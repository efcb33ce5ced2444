"""Webhooks: the file with the robots of single groups; its content is secret."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from junheng import config_files, wording
from junheng.adapters.messaging.messenger import ChatClosed
from junheng.domain.people.routes import Channel
from junheng.values import Frozen
from junheng.wording.chase.robots import WebhookWords

_READABLE_BY_OTHERS = 0o077
_LONGEST_NAME = 30


class Robot(Frozen):
    """A group robot: its complete URL, and its signing secret, if any."""

    webhook: SecretStr = Field(min_length=1)
    secret: SecretStr | None = None


class Webhooks(Frozen):
    """The robots of a file by platform and by the name of the group in contacts.yaml."""

    dingtalk: dict[str, Robot] = Field(default_factory=dict)
    wecom: dict[str, Robot] = Field(default_factory=dict)
    feishu: dict[str, Robot] = Field(default_factory=dict)

    def of(self, channel: Channel) -> Mapping[str, Robot]:
        robots: Mapping[str, Robot] = getattr(self, channel.value)
        return robots


def read(path: Path, *, config: Path) -> Webhooks:
    """Return the robots in a file; errors do not quote its content.

    Raises:
        ChatClosed: the file is missing, readable by others, in config/, or invalid.

    """
    if path.resolve().is_relative_to(config.resolve()):
        raise ChatClosed(_words().in_config.format(path=path))
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        trouble = _words().unreadable
    else:
        if not mode & _READABLE_BY_OTHERS:
            return _parsed(path, text)
        trouble = _words().open_to_others
    # Raised outside of `except`: the error may quote the content.
    raise ChatClosed(trouble.format(path=path))


def _parsed(path: Path, text: str) -> Webhooks:
    try:
        return Webhooks.model_validate(YAML(typ="safe", pure=True).load(text) or {})
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        place = "" if mark is None else _words().line.format(line=mark.line + 1)
        trouble = _words().not_yaml.format(path=path, place=place)
    except ValidationError as error:
        trouble = _words().mistake.format(path=path, mistake=_mistake(error))
    raise ChatClosed(trouble)


def _words() -> WebhookWords:
    return wording.packaged().robots.webhooks


def _mistake(error: ValidationError) -> str:
    """Return the sentence for an invalid value; a key that may be a URL is replaced by `…`."""
    sentence = config_files.mistake_in_words(error)
    for part in map(str, error.errors()[0]["loc"]):
        if "/" in part or len(part) > _LONGEST_NAME:
            sentence = sentence.replace(part, "…")
    return sentence
