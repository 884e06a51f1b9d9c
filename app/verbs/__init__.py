"""What can be done with a project, one module a subject. A command line and a button call the same verb."""
