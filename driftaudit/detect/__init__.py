"""A first configuration, from what the files of a project and those that are live tell."""
