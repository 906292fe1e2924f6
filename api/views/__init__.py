"""What each route does with a request."""
