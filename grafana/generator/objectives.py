"""The service's objectives: the shares of requests that may fail, and that may be slow."""

ERRORS, SLOW = 0.001, 0.01
# A request to the model is slow if its answer takes longer.
SLOW_SECONDS = 0.5
