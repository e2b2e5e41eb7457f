"""The command `foresight`: one file a command."""
