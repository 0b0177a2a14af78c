"""The code of the commands in tools/. Each command has a package of the same name,
whose cli.py parses the command line. `shared` has code that several commands use.
Nothing here imports from test/."""
