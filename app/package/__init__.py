"""The approval package: sheets, boundary points, tables."""
