"""The README and the pages under docs/ whose commands and examples these tests run."""

import re

from tests.spark.pipeline_fixtures import ROOT

FOLDER = ROOT / "docs"
README = ROOT / "README.md"
# The commands of the other pages need a cluster, other machines, or hours.
RUN_HERE = [
    "access",
    "answers",
    "configuration",
    "containers",
    "corrections",
    "data",
    "evaluation",
    "files",
    "http",
    "install",
    "models",
    "monitoring",
    "page",
    "python",
    "shares",
]
TEXT = "\n".join(path.read_text() for path in [README, *(FOLDER / f"{p}.md" for p in RUN_HERE)])
# A block that several pages show is run once.
BLOCKS = list(
    dict.fromkeys(re.findall(r"^```(\w+)[^\n]*\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
)
COMMANDS = [text.strip() for kind, text in BLOCKS if kind == "bash"]
CALLS = [text for text in COMMANDS if text.startswith("curl ")]
TABLE_CALLS = [text for text in CALLS if "text/csv" in text]
KEYS = [text for text in COMMANDS if "gender-detection keys" in text]
VERSIONS = [text for text in COMMANDS if "model promote 1" in text and "--force" not in text]
GATE = [text for text in COMMANDS if "model check" in text or "--force" in text]
PREDICT = [text for text in COMMANDS if text.startswith(".venv") and " predict " in text]
SCORE = [text for text in COMMANDS if "answered.parquet" in text]
CORRECTIONS = [text for text in COMMANDS if " --corrections " in text]
EVALUATE = [text for text in COMMANDS if " evaluate " in text and "--register" not in text]
AGGREGATE = [text for text in COMMANDS if " aggregate " in text]
CHECK = [text for text in COMMANDS if "gender-detection check " in text]
# Commands that test_readme.py runs and looks at, so that test_pages_run.py need not run them too.
LOOKED_AT = [
    *PREDICT, *SCORE, *CORRECTIONS, *EVALUATE, *AGGREGATE, *CHECK, *VERSIONS, *GATE,
]  # fmt: skip
CATALOGUES = [text for kind, text in BLOCKS if kind == "toml" and "[sources." in text]
RULES = [text for kind, text in BLOCKS if kind == "toml" and "[rules." in text]
