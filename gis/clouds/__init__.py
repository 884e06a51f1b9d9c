"""Ground out of point clouds (LAS, LAZ): headers, points sorted into buckets on disk, ground points, cells."""
