"""Array types that the engine's functions take and give."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Index = NDArray[np.signedinteger[Any]]
Mask = NDArray[np.bool_]
F32 = NDArray[np.float32]
