"""How many examples a property test draws: few and fixed in the suite, many and random in a search.

`SOAK=1` chooses the search, as `make soak` does; a test asks for no number of its own.
"""

import os

from hypothesis import HealthCheck, Phase, settings

SUITE, SEARCH = "suite", "search"


def load_profile() -> None:
    """Load the profile that the environment chooses, before any property test is imported."""
    # No deadline, and no health check that times: a busy machine changes no result.
    untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile(SUITE, untimed, derandomize=True, database=None, max_examples=30)
    settings.register_profile(SEARCH, untimed, max_examples=1000, print_blob=True)
    settings.load_profile(SEARCH if os.environ.get("SOAK") else SUITE)


def costly(times: int) -> settings:
    """Return settings for an example that costs as much as so many usual ones: fewer of them.

    The first failing example is reported as it was drawn: shrinking would take minutes.
    """
    fewer = settings().max_examples // times
    return settings(max_examples=fewer, phases=[Phase.reuse, Phase.generate])
