"""The command line's commands, one module each: ``configure`` adds its arguments, ``execute`` returns the exit code."""
