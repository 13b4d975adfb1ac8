"""What every request passes before it reaches a route: whom it came to, from where, how much of it there is."""
