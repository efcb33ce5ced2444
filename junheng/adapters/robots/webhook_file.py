"""Webhooks: the file that names the robots of groups of their own; what it holds is secret."""

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

_OTHERS = 0o077
_LONGEST_NAME = 30


class Robot(Frozen):
    """One group's robot: the whole address it is called at, and its signing secret, if any."""

    webhook: SecretStr = Field(min_length=1)
    secret: SecretStr | None = None


class Webhooks(Frozen):
    """The robots of a file by platform and by the name that contacts.yaml calls a group."""

    dingtalk: dict[str, Robot] = Field(default_factory=dict)
    wecom: dict[str, Robot] = Field(default_factory=dict)
    feishu: dict[str, Robot] = Field(default_factory=dict)

    def of(self, channel: Channel) -> Mapping[str, Robot]:
        robots: Mapping[str, Robot] = getattr(self, channel.value)
        return robots


def read(path: Path, *, config: Path) -> Webhooks:
    """Return the robots that a file names; none of what it holds is in what goes wrong.

    Raises:
        ChatClosed: it is missing, open to others, kept in config/, or does not say what it must.

    """
    if path.resolve().is_relative_to(config.resolve()):
        raise ChatClosed(_says().in_config.format(path=path))
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        trouble = _says().unreadable
    else:
        if not mode & _OTHERS:
            return _parsed(path, text)
        trouble = _says().open_to_others
    # Out here the error, which may hold what was read, is no longer the context.
    raise ChatClosed(trouble.format(path=path))


def _parsed(path: Path, text: str) -> Webhooks:
    try:
        return Webhooks.model_validate(YAML(typ="safe", pure=True).load(text) or {})
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        place = "" if mark is None else _says().line.format(line=mark.line + 1)
        trouble = _says().not_yaml.format(path=path, place=place)
    except ValidationError as error:
        trouble = _says().mistake.format(path=path, mistake=_mistake(error))
    raise ChatClosed(trouble)


def _says() -> WebhookWords:
    return wording.packaged().robots.webhooks


def _mistake(error: ValidationError) -> str:
    """Return what is said of a mistake; a name that may be an address itself is left out."""
    said = config_files.mistake_in_words(error)
    for part in map(str, error.errors()[0]["loc"]):
        if "/" in part or len(part) > _LONGEST_NAME:
            said = said.replace(part, "…")
    return said
