"""The inspector: all about the selected site, one tab a subject."""
