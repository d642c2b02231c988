"""What binds the verdict of a check to the tree that it was given for."""
