"""Random streams by name, so that results do not depend on order, on the number of jobs or on a cluster."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

DEFAULT_SEED = 20240417


def stream(seed: int, *names: str) -> np.random.Generator:
    """The generator that belongs to `names` under the study's `seed`; the same names give the same stream always."""
    import numpy as np

    digest = hashlib.sha256("\x1f".join(names).encode()).digest()
    return np.random.default_rng([seed, *digest])
