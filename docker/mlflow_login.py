"""MLflow's server behind a login, for docker-compose.yml: python docker/mlflow_login.py OPTION…

Three users, whose passwords lie in files that docker/first_start.py makes: `admin`; `pipeline`,
who may make experiments and models and owns what it made; and `api`, who may read. MLflow itself
lets every user make experiments and models, so that `api` may not is said here.
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
# What is not one's own may be read. A password is hashed slowly, so one that was good is not hashed
# again within a minute.
CONFIG = """\
[mlflow]
default_permission = READ
database_uri = {database}
admin_username = {admin}
authorization_function = mlflow_login:authorize
auth_cache_ttl_seconds = 60
"""


def authorize() -> Authorization | Response:
    """Return who asks, or the answer to somebody unknown, or to a reader who wants to write.

    MLflow calls it with each request: authorization_function above.
    """
    known = authenticate_request_basic_auth()
    if isinstance(known, Response):
        return known
    if known.username == READER and request.method not in READS:
        return Response(f"the user {READER} may only read", status=403)
    return known


def make_users(store: SqlAlchemyStore, passwords: Path) -> None:
    """Make the users, or give them the passwords of the files, which may be new."""
    for user in USERS:
        password = (passwords / user).read_text(encoding="utf-8")
        if not store.has_user(user):
            store.create_user(user, password, is_admin=user == ADMIN)
        elif not store.authenticate_user(user, password):
            store.update_user(user, password=password)


def main(options: list[str]) -> None:
    """Make the users and become the server, with the logins in GENDER_DETECTION_HOME."""
    database = f"sqlite:///{os.environ['GENDER_DETECTION_HOME']}/logins.db"
    store = SqlAlchemyStore()
    store.init_db(database)
    make_users(store, PASSWORDS)
    config = Path(tempfile.mkdtemp()) / "mlflow_login.ini"
    config.write_text(CONFIG.format(database=database, admin=ADMIN), encoding="utf-8")
    os.environ["MLFLOW_AUTH_CONFIG_PATH"] = str(config)
    # In the environment of the server alone, so that no `docker inspect` shows it.
    os.environ["MLFLOW_FLASK_SERVER_SECRET_KEY"] = (PASSWORDS / "flask-key").read_text()
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent)
    command = [sys.executable, "-m", "mlflow", "server", "--app-name=basic-auth", *options]
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
