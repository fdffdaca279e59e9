"""The dictionary of data elements, facts with their source, holdings, consent."""
