"""Parsing routes, which are a channel and an address, from settings."""

import pytest

from junheng.domain.people.routes import Channel, Route, route_of


@pytest.mark.parametrize(
    ("written", "route"),
    [
        ("email:li@example.gov", Route(Channel.EMAIL, "li@example.gov")),
        ("dingtalk: 值班群", Route(Channel.DINGTALK, "值班群")),
        ("#值班", Route(Channel.SLACK, "#值班")),
        ("slack", Route(Channel.SLACK, "slack")),
        ("mailto:li@example.gov", Route(Channel.SLACK, "mailto:li@example.gov")),
    ],
)
def test_the_channel_precedes_the_address_or_is_the_chosen_one(written: str, route: Route) -> None:
    assert route_of(written, chosen=Channel.SLACK) == route


def test_a_route_is_formatted_as_it_is_parsed() -> None:
    assert str(Route(Channel.EMAIL, "li@example.gov")) == "email:li@example.gov"
