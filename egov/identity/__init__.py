"""One Party behind every record: people, organisations, posts, mandates, accounts."""
