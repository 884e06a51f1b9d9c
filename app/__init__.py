"""The program: what a person or a script meets."""

__version__ = "0.1.0"
