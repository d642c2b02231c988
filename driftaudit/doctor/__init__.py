"""What stands between this machine and a first `check`: one question after the other, each answered."""
