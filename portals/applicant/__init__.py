"""Pages of applicants, residents and businesses alike: one code base, shown as two portals. No app, no models."""
