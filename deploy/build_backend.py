"""Builds the package with hatchling; the editable install works in every locale.

hatchling writes the path of the checkout into a .pth file in UTF-8. Until 3.12, Python reads such
a file in the encoding of the locale: under `LC_ALL=C`, with a checkout in a Chinese folder, every
start of Python fails with a UnicodeDecodeError. Our file is ASCII: it escapes the path.
"""

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.build import build_sdist as build_sdist
from hatchling.build import build_wheel as build_wheel
from hatchling.build import get_requires_for_build_editable as get_requires_for_build_editable
from hatchling.build import get_requires_for_build_sdist as get_requires_for_build_sdist
from hatchling.build import get_requires_for_build_wheel as get_requires_for_build_wheel
from hatchling.builders.wheel import WheelBuilder

NAME = "junheng_checkout.pth"
LINE = "import os, sys; sys.path.append(os.fsdecode({path!r}))\n"


class _Builder(WheelBuilder):
    def build_editable(self, directory: str, **build_data: Any) -> str:
        with TemporaryDirectory() as made:
            pth = Path(made, NAME)
            pth.write_text(LINE.format(path=os.fsencode(self.root)), "ascii")
            build_data["force_include_editable"] = {str(pth): NAME}
            # hatchling's own .pth is empty, because pyproject.toml has no dev-mode-dirs.
            return self.build_editable_explicit(directory, **build_data)


def build_editable(
    wheel_directory: str,
    config_settings: dict[str, Any] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Build the PEP 660 wheel that puts the checkout on sys.path."""
    builder = _Builder(str(Path.cwd()))
    return Path(next(builder.build(directory=wheel_directory, versions=["editable"]))).name
