"""What the permission matrix stands on: its world, its table of routes, its requests."""
