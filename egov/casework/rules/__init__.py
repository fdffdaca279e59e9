"""Pure rules of casework: the lifecycle and its drawing, ratings, decisions. No database, no clock."""
