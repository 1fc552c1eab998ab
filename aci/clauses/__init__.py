"""The text of a contract: blocks from a dated template, resolved with what the parties agree."""
