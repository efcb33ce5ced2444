"""The number of examples of property tests: few and fixed in the suite, many and random in a soak.

`SOAK=1` chooses the soak, as `make soak` does; tests set no numbers themselves.
"""

import os

from hypothesis import HealthCheck, Phase, settings

SUITE, SEARCH = "suite", "search"


def load_profile() -> None:
    """Load the profile chosen by the environment, before any property test is imported."""
    # No deadline and no timing health checks: a busy machine must not change results.
    untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile(SUITE, untimed, derandomize=True, database=None, max_examples=30)
    settings.register_profile(SEARCH, untimed, max_examples=1000, print_blob=True)
    settings.load_profile(SEARCH if os.environ.get("SOAK") else SUITE)


def costly(times: int) -> settings:
    """Return settings with fewer examples, for examples that cost as much as `times` usual ones.

    The first failing example is reported without shrinking, which would take minutes.
    """
    fewer = settings().max_examples // times
    return settings(max_examples=fewer, phases=[Phase.reuse, Phase.generate])
