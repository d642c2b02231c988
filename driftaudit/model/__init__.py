"""The words of the product as immutable values. Standard library only, and no I/O."""
