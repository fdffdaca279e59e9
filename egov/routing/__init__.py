"""From a stated need to services and the departments competent for them."""
