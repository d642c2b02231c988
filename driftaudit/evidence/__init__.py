"""What a report shows beside the findings: contents that differ, and what of each folder is as desired."""
