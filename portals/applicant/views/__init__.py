"""Views by subject; each only reads queries, calls one action and answers with a page."""
