"""A territory being tried: its compact text, its counts, its files. Nothing is stored."""
