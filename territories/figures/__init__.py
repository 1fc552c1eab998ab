"""Figures of coverage: for everybody, and for those who steer."""
