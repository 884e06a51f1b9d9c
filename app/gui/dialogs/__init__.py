"""Questions and tables in windows of their own; none of them blocks work that runs."""
