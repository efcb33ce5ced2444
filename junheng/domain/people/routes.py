"""Routes: a channel and a person's address on it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError


class Channel(StrEnum):
    """The channels on which cards are sent."""

    SLACK = "slack"
    DINGTALK = "dingtalk"
    WECOM = "wecom"
    FEISHU = "feishu"
    EMAIL = "email"
    CONSOLE = "console"
    FILE = "file"

    @property
    def can_be_asked(self) -> bool:
        """Whether the channel can tell later if a card arrived."""
        return self in {Channel.SLACK, Channel.FILE}


@dataclass(frozen=True, slots=True)
class Route:
    """One channel and address of a person."""

    channel: Channel
    address: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.address}"


def route_of(written: str, *, chosen: Channel) -> Route:
    """Parse a route such as `email:li@example.gov`, by default on the chosen channel."""
    name, colon, address = written.partition(":")
    if colon and name in set(Channel):
        return Route(Channel(name), address.strip())
    return Route(chosen, written)


def _read(entry: object) -> Route:
    """Parse a route from a mapping with one key, as in contacts.yaml."""
    if isinstance(entry, Route):
        return entry
    if not isinstance(entry, dict) or len(entry) != 1:
        raise PydanticCustomError("no_route", "a route is written as channel: address")
    ((name, address),) = entry.items()
    if name not in set(Channel):
        context = {"name": str(name), "channels": "、".join(Channel)}
        raise PydanticCustomError("channel_unknown", "{name} is none of {channels}", context)
    if not isinstance(address, str) or not address.strip():
        context = {"name": str(name)}
        raise PydanticCustomError("route_without_address", "{name} has no address", context)
    return Route(Channel(name), address.strip())


ReadRoute = Annotated[Route, PlainValidator(_read)]
