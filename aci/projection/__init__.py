"""What another grid, or newer populations, would cost: nothing is written."""
