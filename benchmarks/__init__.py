"""Measurements and load tests, run from the root of the checkout.

- bench: speed and memory beside other packages and servers (`make bench`, hours)
- load_tests: the real server under load, killed, overloaded, stopped
  (`.venv/bin/python benchmarks/load_tests`, a quarter of an hour)
- predict_speed: what Model.predict costs a person, without a server (a minute)
- containers: size, start, restart and memory of the API's image (needs Docker)
- search_logs: checks that the logs of a test run hold no name that the tests sent
"""
