"""Two surveys of a site: volumes between them (`compare_surveys`) and the map of differences (`difference_grid`)."""

from gis.comparison.compare import compare_surveys
from gis.comparison.pair import Survey
from gis.comparison.picture import DifferenceGrid, difference_grid

__all__ = ["DifferenceGrid", "Survey", "compare_surveys", "difference_grid"]
