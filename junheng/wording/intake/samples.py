"""The sentences of config/wording/samples.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class SampleWords(Words):
    mixed: str
    kept_in_production: str
    in_production: str
    files_of_sample: Annotated[str, Takes("files")]
    untold: Annotated[str, Takes("files")]
    other_data: Annotated[str, Takes("home")]
