"""Which deployments there are to be: all of deployments.yaml, the sample only where it may run."""

from collections.abc import Iterator

from ruamel.yaml import YAML

from junheng.settings import PROJECT_ROOT
from tasks.intake import samples
from tasks.steps import sample_deployment
from tasks.steps.sample_deployment import SAMPLE_ROUND

FILE = PROJECT_ROOT / "deployments.yaml"


def options() -> Iterator[str]:
    """Yield what `prefect deploy` is to be told; withdraw what was deployed and may not be."""
    sample_deployment.withdraw()
    has_sample = samples.may_be_shown()
    for name in names():
        if has_sample or name != SAMPLE_ROUND:
            yield from ("--name", name)


def names() -> tuple[str, ...]:
    """Return the name of each deployment of deployments.yaml."""
    read = YAML(typ="safe").load(FILE)
    return tuple(one["name"] for one in read["deployments"])
