"""Boundary points as sheets and tables take them; how they are found and numbered: gis/boundary.py."""

from gis.boundary import BoundaryPoint, Ring, boundary_points, outward, points_together, rings_of

__all__ = ["BoundaryPoint", "Ring", "boundary_points", "outward", "points_together", "rings_of"]
