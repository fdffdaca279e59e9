"""Examples of the OpenAPI document; they stand as data in ``samples.yaml``."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from drf_spectacular.utils import OpenApiExample


@cache
def _all() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).parent / "samples.yaml").read_text()))


def sample(name: str) -> OpenApiExample:
    return OpenApiExample(name.replace("_", " ").capitalize(), value=_all()[name])
