"""Resources, slots and bookings."""
