"""What is behind the commands in tools/: for each a package of its name, whose
cli.py reads the command line; `shared` is what several of them need. Nothing in
here imports anything of test/."""
