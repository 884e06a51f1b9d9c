"""Edits of outlines as pure functions: an outline in, a sound outline on the millimetre grid out, or a clear refusal.

One file a family. Outlines are shapely polygons in the project CRS (metres); nothing here knows of a window or a file.
"""
