"""What a project says: driftaudit.yml and rule files, read into frozen settings."""
