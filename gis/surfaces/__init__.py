"""Reference surfaces: what a site is filled to. One file each, in a table by key."""

from gis.surfaces.base import Context, OwnErrors, ParameterSpec, Surface, SurfaceType
from gis.surfaces.inputs import Inputs
from gis.surfaces.registry import SURFACES
from models.surface_names import surface_label

__all__ = ["SURFACES", "Context", "Inputs", "OwnErrors", "ParameterSpec", "Surface", "SurfaceType", "surface_label"]
