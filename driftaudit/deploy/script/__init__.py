"""What a deploy script does to both trees: its meaning is run on a model, and never the script itself."""
