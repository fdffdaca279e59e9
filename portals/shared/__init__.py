"""What all portals share: components, language, capacity, error pages. Lies below the portals and knows none of them."""
