"""What anybody may take away, with its dictionary."""
