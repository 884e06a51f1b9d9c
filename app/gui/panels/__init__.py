"""Panels around the map."""
