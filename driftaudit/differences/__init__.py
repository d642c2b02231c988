"""In what two contents differ, without what nobody may see."""
