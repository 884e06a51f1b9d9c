"""The approval package: one record of a project at one moment, and every file that is made from it."""
