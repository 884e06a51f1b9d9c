"""Which outline an estimate was computed from."""

from __future__ import annotations

import hashlib

import shapely
from shapely.geometry.base import BaseGeometry


def outline_fingerprint(outline: BaseGeometry) -> str:
    """sha256 of the outline's WKB in two dimensions."""
    return hashlib.sha256(shapely.to_wkb(outline, byte_order=1, output_dimension=2)).hexdigest()
