"""Rule packs, labels, and the judgement of changes."""
