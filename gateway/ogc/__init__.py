"""OGC API Features: data sets that have a place, for geographic information systems."""
