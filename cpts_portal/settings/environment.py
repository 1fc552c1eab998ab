"""Reads the environment once, with types."""

import environ

env = environ.Env()
