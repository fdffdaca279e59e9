"""The default jurisdiction: instruments, parameters, procedures and tables as data, formulas as code."""
