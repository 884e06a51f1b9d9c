"""Coordinates as people write them: read into project coordinates, and written in the forms that others expect."""
