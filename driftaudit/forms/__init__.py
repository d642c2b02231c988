"""Where a deploy is written down, beside shell scripts: each form is read into one text for bash."""
