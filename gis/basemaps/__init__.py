"""Pictures under the map: orthophotos through their overviews, tiles of MBTiles and GeoPackage files; no network."""
