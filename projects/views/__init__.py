"""The pages of letters and projects: reading and writing, instruction, opinions, decisions."""
