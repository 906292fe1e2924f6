import json
import os
from importlib.metadata import version
from pathlib import Path

import airflow_env
import pytest


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def test_airflow_keeps_its_files_below_home_and_reads_this_projects_dags(home):
    wanted = airflow_env.airflow_environment(home, {})
    assert wanted["AIRFLOW_HOME"] == str(home / "airflow")
    assert Path(wanted["AIRFLOW__CORE__DAGS_FOLDER"]) == airflow_env.ROOT / "airflow" / "dags"
    assert wanted["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"


def test_spark_is_local_in_client_mode_unless_the_user_says_otherwise(home):
    wanted = airflow_env.airflow_environment(home, {})
    connection = json.loads(wanted["AIRFLOW_CONN_SPARK_DEFAULT"])
    assert connection["host"] == "local[*]"
    assert connection["extra"]["deploy-mode"] == "client"


def test_scratch_files_of_local_spark_are_where_the_next_run_removes_them(home):
    assert airflow_env.airflow_environment(home, {})["SPARK_LOCAL_DIRS"] == str(home / "spark")
    own = {"SPARK_LOCAL_DIRS": "/scratch"}
    assert airflow_env.airflow_environment(home, own)["SPARK_LOCAL_DIRS"] == "/scratch"


def test_spark_connection_and_spark_of_the_user_are_kept(home):
    env = {"AIRFLOW_CONN_SPARK_DEFAULT": "spark://head:7077", "SPARK_HOME": "/opt/spark"}
    wanted = airflow_env.airflow_environment(home, env)
    assert "AIRFLOW_CONN_SPARK_DEFAULT" not in wanted
    assert "SPARK_HOME" not in wanted


def test_another_installed_spark_is_ignored(home):
    wanted = airflow_env.airflow_environment(home, {"SPARK_HOME": "/opt/spark-2", "PATH": "/x"})
    assert (Path(wanted["SPARK_HOME"]) / "bin" / "spark-submit").exists()
    assert wanted["PATH"].split(os.pathsep) == [str(airflow_env.BIN), "/x"]


def test_database_that_is_up_to_date_is_not_migrated(home, monkeypatch):
    (home / "airflow").mkdir(parents=True)
    (home / "airflow" / "migrated").write_text(version("apache-airflow"))
    monkeypatch.setattr(airflow_env, "BIN", home / "nothing-to-run-here")
    assert airflow_env.migrate_database(home, {}, home / "log" / "airflow.log")


@pytest.mark.parametrize("by", ["", "_CMD", "_SECRET"])
def test_database_of_the_user_is_migrated_whatever_the_default_one_is(home, monkeypatch, by):
    stamp = home / "airflow" / "migrated"
    stamp.parent.mkdir(parents=True)
    stamp.write_text(version("apache-airflow"))
    programs = home / "bin"
    programs.mkdir()
    (programs / "python").write_text(f'#!/bin/sh\necho "$@" >> {home}/ran\n')
    (programs / "python").chmod(0o755)
    monkeypatch.setattr(airflow_env, "BIN", programs)
    env = {f"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN{by}": "anything"}
    assert airflow_env.migrate_database(home, env, home / "log" / "airflow.log")
    assert (home / "ran").read_text() == "-m airflow db migrate\n"
    stamp.unlink()
    assert airflow_env.migrate_database(home, env, home / "log" / "airflow.log")
    # The default database is not migrated by that.
    assert not stamp.exists()
