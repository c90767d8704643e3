"""What `python -m central` can be told, by topic: each module holds its commands, their words for `--help`, their options."""
