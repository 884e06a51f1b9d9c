"""The commands, thin, one module a subject: read the line, call a verb, show the answer."""
