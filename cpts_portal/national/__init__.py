"""The national set: 840 invented CPTS over France, to see the portal at its real scale."""
