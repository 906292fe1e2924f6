# The image of the API, with a model inside. From a fresh clone, with nothing prepared:
#
#     docker build -t gender-detection-api .
#
# With a model of your own (a folder with manifest.json, put into or linked as ./artifact; no Java, no
# pipeline): --build-arg MODEL=artifact. Why it is built so: docs/decisions/0023-docker.md.
#
# All stages must share the base image: environments are copied over. How to raise it, and how to pin its
# digest: docs/containers.md.
ARG PYTHON_IMAGE=python:3.13-slim-trixie
# trained, by the pipeline in this build, or artifact, what is in ./artifact.
ARG MODEL=trained
# permissive: from sources alone under which the model may be passed on freely (docs/licences.md).
ARG SOURCES=

FROM ${PYTHON_IMAGE} AS base
ENV PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1 \
    PIP_ROOT_USER_ACTION=ignore
# A number, for clusters that ask for one: runAsUser, runAsNonRoot.
RUN groupadd --gid 10001 app && useradd --uid 10001 --gid app --no-create-home --home-dir /nonexistent app


# ---- the runtime's packages --------------------------------------------------------------------

FROM base AS packages
# follow instead of runtime adds MLflow's client, to follow a registry of models.
ARG REQUIREMENTS=runtime
COPY requirements/runtime.txt requirements/follow.txt /requirements/
COPY docker/slim.py docker/packages.py /docker/
# Wheels alone: nothing is compiled, here or on whatever machine builds this. Without pip inside.
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --python /opt/venv/bin/python install --no-deps --only-binary=:all: --require-hashes \
        --no-compile --report /report.json -r "/requirements/$REQUIREMENTS.txt" \
    && /opt/venv/bin/python /docker/slim.py \
    && /opt/venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv/lib \
    && /opt/venv/bin/python /docker/packages.py > /packages.txt


# ---- the compiled modules ------------------------------------------------------------------------

# What builds this project: setuptools and Cython.
FROM base AS builder
COPY requirements/bootstrap.txt /requirements/
RUN python -m venv /build && /build/bin/python -m pip install --no-deps --only-binary=:all: --require-hashes \
        -r /requirements/bootstrap.txt


# The sources of what is compiled, and of the packages that they are in no more than the names: a change
# elsewhere compiles nothing.
FROM base AS marked
WORKDIR /marked
COPY src src
RUN find src -type l -delete \
    && find src -type f ! -name '*.pxd' -exec grep -LZ '^# cython:' {} + | xargs -0 rm -f \
    && find src/gender_detection -type d -exec sh -c 'touch -a "$1/__init__.py"' _ {} ';'


FROM builder AS compiled
# Python's own headers are in the base image.
RUN apt-get update -q && apt-get install -qy --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY pyproject.toml setup.py LICENSE ./
COPY --from=marked /marked/src src
RUN touch README.md \
    && CC=gcc /build/bin/python setup.py -q build_ext --inplace \
    && find src -type f ! -name '*.so' -delete && find src -mindepth 1 -type d -empty -delete


# ---- what the data and the model are made with ---------------------------------------------------

# The library without what serves, so that no change there trains again.
FROM base AS library
WORKDIR /library
COPY airflow airflow
COPY notebooks notebooks
COPY tools tools
COPY src src
RUN cd src/gender_detection && rm -rf api cli serving model_sync.py api_keys.py
COPY --from=compiled /source/src src


FROM base AS environment
ARG MODEL
# Java in the version that the release of Debian has, of which Spark takes 17 and 21. The folder is missing
# in slim images, and Java's package links into it.
RUN if [ "$MODEL" = trained ]; then \
        mkdir -p /usr/share/man/man1 \
        && apt-get update -q \
        && apt-get install -qy --no-install-recommends default-jre-headless \
        && rm -rf /var/lib/apt/lists/*; \
    fi
WORKDIR /opt/gender-detection
COPY pyproject.toml setup.py LICENSE ./
COPY requirements/bootstrap.txt requirements/pipeline.txt requirements/
COPY tools/bootstrap.py tools/compiling.py tools/preflight.py tools/
# The installer that `make run` uses. The project is installed in place: its code, with what was compiled
# above, follows below. Byte code is made here, as the user who runs it may write nothing, and Airflow
# starts a Python for each task. What Python cannot compile, such as packages' templates of code, is ignored.
RUN if [ "$MODEL" = trained ]; then \
        mkdir -p src/gender_detection \
        && touch README.md src/gender_detection/__init__.py \
        && export UV_NO_CACHE=1 GENDER_DETECTION_HOME=/tmp/home GENDER_DETECTION_COMPILE=no \
        && python tools/bootstrap.py pipeline \
        && rm -rf /tmp/home \
        && { .venv/bin/python -m compileall -qq -j 0 --invalidation-mode unchecked-hash .venv/lib || true; }; \
    fi


# Airflow, Spark and MLflow: what the profile `pipeline` of docker-compose.yml runs.
FROM environment AS pipeline
COPY --from=library /library .
COPY docker/mlflow_login.py docker/
ENV GENDER_DETECTION_HOME=/var/lib/gender-detection \
    PATH=/opt/gender-detection/.venv/bin:$PATH \
    HOME=/tmp
# /entrypoint: the probes of Airflow's Helm chart start commands with it, as Airflow's own image has it.
RUN install -d -o app -g app "$GENDER_DETECTION_HOME" \
    && printf '#!/bin/sh\nexec "$@"\n' > /entrypoint && chmod 755 /entrypoint
USER 10001:10001


FROM pipeline AS trained
ARG MODEL
# Less than 1.0 builds with a share of the names: for tests and first looks.
ARG SAMPLE=1.0
ARG SOURCES
RUN mkdir -p "$GENDER_DETECTION_HOME/model" "$GENDER_DETECTION_HOME/metrics" && cd "$GENDER_DETECTION_HOME" \
    && if [ "$MODEL" = trained ]; then \
        export GENDER_DETECTION_SAMPLE="$SAMPLE" GENDER_DETECTION_SOURCES="$SOURCES" \
        && python /opt/gender-detection/tools/run_pipeline.py data_pipeline model_training \
        && rm -rf airflow data downloads log mlflow spark training; \
    fi


FROM packages AS artifact
ARG MODEL
ENV GENDER_DETECTION_HOME=/var/lib/gender-detection
COPY --from=library /library/src /library
# A pattern, as the folder need not be there; LICENSE, as something must be.
COPY LICENSE artifac[t] /given/
COPY docker/publish.py /docker/
RUN rm /given/LICENSE \
    && install -d -o app -g app "$GENDER_DETECTION_HOME" "$GENDER_DETECTION_HOME/metrics" "$GENDER_DETECTION_HOME/model"
USER 10001:10001
RUN if [ "$MODEL" = artifact ]; then \
        PYTHONPATH=/library /opt/venv/bin/python /docker/publish.py /given "$GENDER_DETECTION_HOME/model"; \
    fi


FROM ${MODEL} AS model


# What the image is made of. The library that writes it stays here.
FROM packages AS bill
COPY requirements/sbom.txt /requirements/
RUN python -m pip install --no-deps --only-binary=:all: --require-hashes --target /bill -r /requirements/sbom.txt
COPY --from=library /library/src /library
COPY docker/sbom.py /docker/
COPY --from=model /var/lib/gender-detection/model /model
ARG SOURCES
ARG LICENSES
ARG CHOSEN=${SOURCES:+MIT}
RUN PYTHONPATH=/library:/bill /opt/venv/bin/python /docker/sbom.py --model /model --report /report.json \
        --licences "${LICENSES:-${CHOSEN:-MIT AND GPL-3.0-only AND GFDL-1.2-or-later}}" > /sbom.cdx.json


# ---- this project's code -----------------------------------------------------------------------

FROM builder AS code
WORKDIR /source
COPY pyproject.toml setup.py README.md LICENSE ./
# The command and the metadata, of a project that is empty yet: a changed line has but to be compiled.
RUN mkdir -p src/gender_detection \
    && touch src/gender_detection/__init__.py \
    && export GENDER_DETECTION_COMPILE=no \
    && /build/bin/python -m pip install --no-deps --no-build-isolation --no-compile --target /code . \
    && sed -i '1s|^#!.*|#!/opt/venv/bin/python|' /code/bin/*
COPY src /code
# In the repository, src/gender_detection/api is a link to the folder api.
RUN rm -rf /code/gender_detection/api
COPY api /code/gender_detection/api
COPY --from=compiled /source/src /code
# Byte code is made here, as the user who runs it may write nothing.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /code


# ---- the image -----------------------------------------------------------------------------------

FROM base AS runtime
# Of the code and the model inside: the bill above ends the build where the model is under other terms.
ARG SOURCES
ARG LICENSES
ARG CHOSEN=${SOURCES:+MIT}
LABEL org.opencontainers.image.title="gender-detection-api" \
      org.opencontainers.image.description="Infers, from a personal name, how that name is gendered, and says how sure it is" \
      org.opencontainers.image.licenses="${LICENSES:-${CHOSEN:-MIT AND GPL-3.0-only AND GFDL-1.2-or-later}}"
ENV PATH=/opt/venv/bin:/opt/gender-detection/bin:$PATH \
    PYTHONPATH=/opt/gender-detection \
    PYTHONDONTWRITEBYTECODE=1 \
    GENDER_DETECTION_HOME=/var/lib/gender-detection \
    # Docker kills after 10 seconds what has not stopped by itself.
    GENDER_DETECTION_STOP_SECONDS=8
COPY --from=packages /packages.txt /usr/share/doc/gender-detection/packages.txt
COPY LICENSE NOTICE /usr/share/doc/gender-detection/
COPY LICENSES /usr/share/doc/gender-detection/LICENSES
COPY --from=packages /opt/venv /opt/venv
# Volumes mounted there belong to that user too: the file of API keys, and what docker/first_start.py makes.
RUN install -d -o app -g app "$GENDER_DETECTION_HOME" "$GENDER_DETECTION_HOME/secrets" \
    && cd /run && install -d -o app -g app secrets secrets/admin secrets/database secrets/mlflow secrets/spark \
        secrets/registry-reader secrets/registry-writer
COPY --from=model --chown=10001:10001 /var/lib/gender-detection/metrics /var/lib/gender-detection/metrics
COPY --from=model --chown=10001:10001 /var/lib/gender-detection/model /var/lib/gender-detection/model
COPY --from=bill /sbom.cdx.json /usr/share/doc/gender-detection/sbom.cdx.json
WORKDIR /var/lib/gender-detection
USER 10001:10001
EXPOSE 5000
STOPSIGNAL SIGTERM
# -I and -S: of Python's own library alone, and so in a tenth of a second.
HEALTHCHECK --interval=5s --timeout=4s --start-period=20s --retries=3 CMD ["python", "-I", "-S", "-c", \
    "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + (os.environ.get('GENDER_DETECTION_PORT') or '5000') + '/healthz', timeout=3)"]
CMD ["gender-detection", "serve"]
# Last, so that nothing else is made again when the code has changed.
COPY --from=code /code /opt/gender-detection
