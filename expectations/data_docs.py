"""Great Expectations' own pages (Data Docs) of a judging: an appendix for technicians, in English.

They load styles and scripts from the internet and look plain on a closed network; officials read
the verdict report instead.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)

from expectations.standard import suite
from junheng.domain.judging.thresholds import Frame
from junheng.domain.standard.standard import Grain, Rule

SITE = "local"


def build(rules: Sequence[Rule], frames: Mapping[Grain, Frame], folder: Path) -> Path:
    """Judge again and write the pages to a folder; return their index page."""
    context = gx.get_context(mode="ephemeral", project_config=_config(folder))
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("figures")
    for grain, frame in frames.items():
        judged = [rule for rule in rules if rule.line.per is grain]
        if judged:
            asset = source.add_dataframe_asset(grain.value)
            definition = gx.ValidationDefinition(
                name=grain.value,
                data=asset.add_batch_definition_whole_dataframe("all"),
                suite=context.suites.add(suite(judged, name=grain.value)),
            )
            validation = context.validation_definitions.add(definition)
            validation.run(batch_parameters={"dataframe": frame.to_native()}, result_format="BASIC")
    context.build_data_docs(site_names=[SITE])
    return folder / "index.html"


def _config(folder: Path) -> DataContextConfig:
    site: dict[str, Any] = {
        "class_name": "SiteBuilder",
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(folder.resolve()),
        },
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    return DataContextConfig(store_backend_defaults=stores, data_docs_sites={SITE: site})
