"""A deploy command under guard: checked before, run alone, and looked at afterwards."""
