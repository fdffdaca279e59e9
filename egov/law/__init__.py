"""Law as code: dated parameters, procedures, decision tables, citations."""
