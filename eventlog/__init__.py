"""The log: the one thing that is kept, and from which everything else follows."""
