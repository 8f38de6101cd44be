"""What is left of the promise "once, in order" after everything that can happen to a program and its network."""
