"""MLflow's server behind a login, for docker-compose.yml: python docker/mlflow_login.py OPTION…

Three users, with passwords in files that docker/first_start.py creates: `admin`; `pipeline`, who
may create experiments and models and owns them; and `api`, who may only read. MLflow lets every
user create experiments and models, so the limit for `api` is here.

MLFLOW_BACKEND_STORE_URI names the database of runs and models. If it is a server's, its password is
in a file, and the logins are there too. Otherwise they are in GENDER_DETECTION_HOME.
"""

import os
import sys
import tempfile
from pathlib import Path

from flask import Response, request
from mlflow.server.auth import authenticate_request_basic_auth
from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy import make_url
from werkzeug.datastructures import Authorization

PASSWORDS = Path("/run/secrets/mlflow")
DATABASE_PASSWORD = Path("/run/secrets/database/mlflow")
STORE = "MLFLOW_BACKEND_STORE_URI"
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


def databases(backend: str, home: str, password: Path) -> tuple[str, str]:
    """Return the URIs of the databases of runs and of logins; only a server has a password."""
    url = make_url(backend)
    if url.get_backend_name() == "sqlite":
        return backend, f"sqlite:///{home}/logins.db"
    url = url.set(password=password.read_text(encoding="utf-8"))
    # MLflow keeps the versions of both sets of tables apart.
    return (url.render_as_string(hide_password=False),) * 2


def main(options: list[str]) -> None:
    """Create the users, then run the server."""
    backend, database = databases(
        os.environ[STORE], os.environ["GENDER_DETECTION_HOME"], DATABASE_PASSWORD
    )
    store = SqlAlchemyStore()
    store.init_db(database)
    make_users(store, PASSWORDS)
    config = Path(tempfile.mkdtemp()) / "mlflow_login.ini"
    # configparser replaces what follows a percent sign.
    text = CONFIG.format(database=database.replace("%", "%%"), admin=ADMIN)
    config.write_text(text, encoding="utf-8")
    os.environ["MLFLOW_AUTH_CONFIG_PATH"] = str(config)
    # Only in the environment of the server, so that `docker inspect` shows neither.
    os.environ[STORE] = backend
    os.environ["MLFLOW_FLASK_SERVER_SECRET_KEY"] = (PASSWORDS / "flask-key").read_text()
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent)
    command = [sys.executable, "-m", "mlflow", "server", "--app-name=basic-auth", *options]
    os.execv(command[0], command)  # noqa: S606 - without a shell


if __name__ == "__main__":
    main(sys.argv[1:])
