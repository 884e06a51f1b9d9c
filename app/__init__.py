"""The program: what a person or a script meets."""

import os

__version__ = "0.1.0"

# Other GIS programs set these for their own PROJ and GDAL; ours would then find the wrong data. Here, because this
# must come before any import of a geo library.
for _variable in ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH"):
    os.environ.pop(_variable, None)
os.environ["PROJ_NETWORK"] = "OFF"
# Our matrices are small: threads of the linear algebra library cost more than they bring, most of all beside workers.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
