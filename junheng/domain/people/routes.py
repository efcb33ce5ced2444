"""Routes: a channel and an address on it, by which a person can be told."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import PlainValidator


class Channel(StrEnum):
    """Where cards go."""

    SLACK = "slack"
    DINGTALK = "dingtalk"
    WECOM = "wecom"
    FEISHU = "feishu"
    EMAIL = "email"
    CONSOLE = "console"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a person."""

    channel: Channel
    address: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.address}"


def route_of(written: str, *, chosen: Channel) -> Route:
    """Return the route that `email:li@example.gov` names; without a channel, on the chosen one."""
    name, colon, address = written.partition(":")
    if colon and name in set(Channel):
        return Route(Channel(name), address.strip())
    return Route(chosen, written)


def _read(entry: object) -> Route:
    """Return a route out of its one-key mapping, as contacts.yaml writes it."""
    if isinstance(entry, Route):
        return entry
    if not isinstance(entry, dict) or len(entry) != 1:
        raise ValueError("每条写成“渠道: 地址”，如 {slack: U0123} 或 {email: li@example.gov}")
    ((name, address),) = entry.items()
    if name not in set(Channel):
        raise ValueError(f"没有“{name}”这个渠道，可以写 {'、'.join(Channel)}")
    if not isinstance(address, str) or not address.strip():
        raise ValueError(f"{name} 的地址应填文字，不能为空")
    return Route(Channel(name), address.strip())


ReadRoute = Annotated[Route, PlainValidator(_read)]
