"""A benchmark: checks of gradients side by side, on the same functions and the same arguments."""
