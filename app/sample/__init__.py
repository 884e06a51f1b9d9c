"""The made-up sample project, computed from arithmetic alone."""
