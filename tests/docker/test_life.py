"""How a container of the API starts, and how it ends: by crash, by docker kill, by docker stop."""

import http.client
import json
import threading

from tests.docker.engine import HARDENED, Container, container, docker, wait_for
from tests.docker.load import CLIENTS, Load


def _address(running: Container) -> str:
    # Not the published port: the engine's proxy still accepts connections there.
    return running.inspect("{{.NetworkSettings.IPAddress}}") + ":5000"


def test_crashed_api_restarts_under_load(image: str):
    with container(image, *HARDENED, "--restart", "always") as running:
        wait_for(running.is_ready, "the API to be ready")
        with Load(_address(running)) as load:
            wait_for(lambda: load.answered > 10 * CLIENTS, "the load")
            running.crash()
            wait_for(lambda: running.inspect("{{.RestartCount}}") == "1", "the engine's restart")
            wait_for(running.is_ready, "the API to be ready again")


def test_killed_api_is_restarted_under_load(image: str):
    with container(image, *HARDENED, "--restart", "always") as running:
        wait_for(running.is_ready, "the API to be ready")
        with Load(_address(running)) as load:
            wait_for(lambda: load.answered > 10 * CLIENTS, "the load")
            # The engine takes this as the user's request, and does not restart the container.
            docker("kill", running.name)
            docker("start", running.name)
            wait_for(running.is_ready, "the API to be ready again")


def test_stopping_under_load_drops_no_request(image: str):
    with container(image, *HARDENED) as running:
        wait_for(running.is_ready, "the API to be ready")
        with Load(_address(running)) as load:
            wait_for(lambda: load.answered > 10 * CLIENTS, "the load")
            docker("stop", running.name)
        assert load.broken == []
        assert running.inspect("{{.State.ExitCode}}") == "0"


def test_stopping_finishes_the_requests_in_progress(image: str):
    with container(image, *HARDENED) as running:
        wait_for(running.is_ready, "the API to be ready")
        address = _address(running)
        body = json.dumps({"instances": ["Maria"] * 10_000})
        ended: list[int | str] = []
        connections = [http.client.HTTPConnection(address, timeout=20) for _ in range(12)]
        for connection in connections:
            connection.request("POST", "/predict", body, {"Content-Type": "application/json"})

        def take(connection: http.client.HTTPConnection) -> None:
            try:
                ended.append(connection.getresponse().status)
            except (OSError, http.client.HTTPException) as err:
                ended.append(repr(err))

        threads = [threading.Thread(target=take, args=(one,)) for one in connections]
        for thread in threads:
            thread.start()
        # One has a response, so the server has accepted the others.
        wait_for(lambda: bool(ended), "an answer")
        docker("stop", running.name)
        for thread in threads:
            thread.join()
        assert running.inspect("{{.State.ExitCode}}") == "0"
        assert ended == [200] * len(connections)
