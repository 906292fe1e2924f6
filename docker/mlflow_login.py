"""MLflow's server behind a login, for docker-compose.yml: python docker/mlflow_login.py OPTION…

Three users, with passwords in files that docker/first_start.py creates: `admin`; `pipeline`, who
may create experiments and models and owns them; and `api`, who may only read. MLflow lets every
user create experiments and models, so the limit for `api` is here.
"""

import os
import sys
import tempfile
from pathlib import Path

from flask import Response, request
from mlflow.server.auth import authenticate_request_basic_auth
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore
from werkzeug.datastructures import Authorization

PASSWORDS = Path("/run/secrets/mlflow")
ADMIN = "admin"
READER = "api"
USERS = (ADMIN, "pipeline", READER)
READS = ("GET", "HEAD")
# Everybody may read everything. Checking a password is slow on purpose, so a correct one is cached
# for a minute.
CONFIG = """\
[mlflow]
default_permission = READ
database_uri = {database}
admin_username = {admin}
authorization_function = mlflow_login:authorize
auth_cache_ttl_seconds = 60
"""


def authorize() -> Authorization | Response:
    """Return the user of the request, or the response if it is refused.

    MLflow calls this for each request (authorization_function above).
    """
    user = authenticate_request_basic_auth()
    if isinstance(user, Response):
        return user
    if user.username == READER and request.method not in READS:
        return Response(f"the user {READER} may only read", status=403)
    return user


def make_users(store: SqlAlchemyStore, passwords: Path) -> None:
    """Create the users, or update their passwords from the files."""
    for user in USERS:
        password = (passwords / user).read_text(encoding="utf-8")
        if not store.has_user(user):
            store.create_user(user, password, is_admin=user == ADMIN)
        elif not store.authenticate_user(user, password):
            store.update_user(user, password=password)


def main(options: list[str]) -> None:
    """Create the users, then run the server, with the logins in GENDER_DETECTION_HOME."""
    database = f"sqlite:///{os.environ['GENDER_DETECTION_HOME']}/logins.db"
    store = SqlAlchemyStore()
    store.init_db(database)
    make_users(store, PASSWORDS)
    config = Path(tempfile.mkdtemp()) / "mlflow_login.ini"
    config.write_text(CONFIG.format(database=database, admin=ADMIN), encoding="utf-8")
    os.environ["MLFLOW_AUTH_CONFIG_PATH"] = str(config)
    # Only in the environment of the server, so that `docker inspect` does not show it.
    os.environ["MLFLOW_FLASK_SERVER_SECRET_KEY"] = (PASSWORDS / "flask-key").read_text()
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent)
    command = [sys.executable, "-m", "mlflow", "server", "--app-name=basic-auth", *options]
    os.execv(command[0], command)  # noqa: S606 - without a shell


if __name__ == "__main__":
    main(sys.argv[1:])
