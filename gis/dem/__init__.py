"""Terrain files: the geometry of a grid, safe opening, inspection in a child process, window reads."""
