"""Selects the deployments to create: those of deployments.yaml, the sample only if allowed."""

from collections.abc import Iterator

from ruamel.yaml import YAML

from junheng.settings import PROJECT_ROOT
from tasks.intake import samples
from tasks.steps import sample_deployment
from tasks.steps.sample_deployment import SAMPLE_ROUND

FILE = PROJECT_ROOT / "deployments.yaml"


def options() -> Iterator[str]:
    """Yield the options for `prefect deploy`; withdraw the sample round if it is not allowed."""
    sample_deployment.withdraw()
    has_sample = samples.may_be_shown()
    for name in names():
        if has_sample or name != SAMPLE_ROUND:
            yield from ("--name", name)


def names() -> tuple[str, ...]:
    """Return the name of each deployment of deployments.yaml."""
    declared = YAML(typ="safe").load(FILE)
    return tuple(deployment["name"] for deployment in declared["deployments"])
