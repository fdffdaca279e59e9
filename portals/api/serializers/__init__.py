"""Shapes of the API, by subject. Requests are judged by the rooms; these check only that JSON has the right form."""
