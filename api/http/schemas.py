"""The schemas of requests and answers, which validate and encode them."""

import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gender_detection.aggregation import MAX_GROUPED_BY, MAX_VALUE_CHARACTERS, Summary
from gender_detection.countries import LONGEST
from gender_detection.countries.report import CountryWarning
from gender_detection.model import Explanation, Parameters, Person, Prediction

# Media types.
JSON = "application/json"
CSV = "text/csv"
ARROW = "application/vnd.apache.arrow.stream"
FORM = "application/x-www-form-urlencoded"
HTML = "text/html"
PROBLEM_JSON = "application/problem+json"
TABLES = (CSV, ARROW)

MAX_INSTANCES = 10_000
MAX_NAME_CHARACTERS = 1_000
MAX_ID_CHARACTERS = 200
# Not every JSON library can encode larger integers.
INT64 = Meta(ge=-(2**63), le=2**63 - 1)
# JSON regards 7.0 as an integer, and a column of integers with gaps becomes floats. 2**63 - 1024 is
# the largest float below 2**63.
WHOLE = Meta(multiple_of=1, ge=-(2.0**63), le=2.0**63 - 1024)

Name = Annotated[str, Meta(max_length=MAX_NAME_CHARACTERS)]
Country = Annotated[
    str,
    Meta(
        max_length=LONGEST,
        description="ISO 3166-1 code (two letters, three letters or three digits) or name of a "
        "country. An unknown country counts as none; warnings lists it.",
        examples=["IT", "ITA", "380", "Italy"],
    ),
]
Identifier = (
    Annotated[str, Meta(max_length=MAX_ID_CHARACTERS)]
    | Annotated[int, INT64]
    | Annotated[float, WHOLE]
)
Threshold = Annotated[float, Meta(ge=0.5, le=1)]
FemaleShare = Annotated[float, Meta(gt=0, lt=1)]
FamilyNameFirst = Annotated[
    bool,
    Meta(
        description="Whether full names without a comma have the family name first, unless they "
        "show another order themselves."
    ),
]
ColumnName = Annotated[str, Meta(min_length=1, max_length=MAX_VALUE_CHARACTERS)]
GroupName = Annotated[str, Meta(min_length=1, max_length=MAX_VALUE_CHARACTERS)]
GroupValue = (
    Annotated[str, Meta(max_length=MAX_VALUE_CHARACTERS)]
    | Annotated[int, INT64]
    | Annotated[float, WHOLE]
    | bool
    | None
)
Group = Annotated[dict[GroupName, GroupValue], Meta(max_length=MAX_GROUPED_BY)]


class PersonRequest(Person, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person in a request.

    As in tables, members may have the headers that people and programs write for them: first_name,
    Vorname or Prénom mean given_name. Upper and lower case are the same.
    """

    name: Name | None = None
    given_name: Name | None = None
    family_name: Name | None = None
    country: Country | None = None
    id: Identifier | None = None


Instances = Annotated[list[Name | PersonRequest], Meta(min_length=1, max_length=MAX_INSTANCES)]


class PredictRequest(PersonRequest, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The body of POST /predict: one person, or instances.

    With instances, country applies to each instance without its own. threshold, female_share,
    family_name_first and explain apply to the whole request. With explain, each prediction has an
    explanation.
    """

    instances: Instances | None = None
    threshold: Threshold | None = None
    female_share: FemaleShare | None = None
    family_name_first: FamilyNameFirst | None = None
    explain: bool | None = None


class GroupedPersonRequest(
    PersonRequest, frozen=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A person and their groups, for example {"year": 2020, "field": "physics"}."""

    group: Group = msgspec.field(default_factory=dict)


GroupedInstances = Annotated[
    list[Name | GroupedPersonRequest], Meta(min_length=1, max_length=MAX_INSTANCES)
]


class AggregateRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The body of POST /aggregate: instances, and what to group them by.

    by lists members of each instance's group (null if it has no such member), or country, the
    person's country. Without by, all instances are one group. country applies to each instance
    without its own.
    """

    instances: GroupedInstances
    by: Annotated[list[GroupName], Meta(max_length=MAX_GROUPED_BY)] = msgspec.field(
        default_factory=list
    )
    country: Country | None = None
    threshold: Threshold | None = None
    family_name_first: FamilyNameFirst | None = None


class PredictOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The query of POST /predict: for a table, and for members that a JSON body does not set.

    country applies to rows and persons without their own. null in a query is a text, not null.
    """

    country: Country | UnsetType = UNSET
    threshold: Threshold | UnsetType = UNSET
    female_share: FemaleShare | UnsetType = UNSET
    family_name_first: FamilyNameFirst | UnsetType = UNSET


class AggregateOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The query of POST /aggregate: for a table, and for members that a JSON body does not set.

    by lists columns or members separated by commas, for example year,country. country applies to
    rows and persons without their own.
    """

    by: Annotated[str, Meta(max_length=MAX_GROUPED_BY * MAX_VALUE_CHARACTERS)] | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    threshold: Threshold | UnsetType = UNSET
    family_name_first: FamilyNameFirst | UnsetType = UNSET


class TableOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The part of a query that says how a table is read: which columns, and how text is laid out.

    Without a header (header=absent in the content type), columns are named by number. delimiter is
    a sign, or a word of text_layout.DELIMITER_WORDS.
    """

    name_column: ColumnName | UnsetType = UNSET
    given_name_column: ColumnName | UnsetType = UNSET
    family_name_column: ColumnName | UnsetType = UNSET
    country_column: ColumnName | UnsetType = UNSET
    no_country: bool | UnsetType = UNSET
    delimiter: Annotated[str, Meta(min_length=1, max_length=20)] | UnsetType = UNSET


class ModelInfo(msgspec.Struct, frozen=True):
    """The model that answered; threshold is the one used for the request."""

    name: str
    version: str
    data_version: str
    threshold: float


class AnswerEnd(msgspec.Struct, frozen=True):
    """The last members of every answer about persons."""

    model: ModelInfo
    warnings: list[CountryWarning] | UnsetType = UNSET


class PredictionAnswer(Prediction, frozen=True):
    """The answer for one of several people; explanation is left out unless the request asks."""

    explanation: Explanation | UnsetType = UNSET


class PersonAnswer(Prediction, frozen=True):
    """The answer for one person; warnings is left out if there are none, explanation unless the
    request asks for it."""

    model: ModelInfo
    explanation: Explanation | UnsetType = UNSET
    warnings: list[CountryWarning] | UnsetType = UNSET


class InstancesAnswer(msgspec.Struct, frozen=True):
    """The answer for instances, in their order; warnings is left out if there are none."""

    predictions: list[PredictionAnswer]
    model: ModelInfo
    warnings: list[CountryWarning] | UnsetType = UNSET


class AggregateAnswer(msgspec.Struct, frozen=True):
    """The answer of POST /aggregate: each group, ordered by value, and the total.

    warnings is left out if there are none.
    """

    groups: list[Summary]
    total: Summary
    model: ModelInfo
    warnings: list[CountryWarning] | UnsetType = UNSET


class Ready(msgspec.Struct, frozen=True):
    """The answer of GET /readyz when the model is loaded."""

    model: ModelInfo
    status: str = "ready"


class ModelAnswer(ModelInfo, frozen=True):
    """The answer of GET /model: the model in service.

    metrics are those of its evaluation; card is the model card in Markdown, null if there is none;
    loaded_at is when this process loaded the model; corrections is the number of the operator's own
    corrections, which come before its evidence.
    """

    parameters: Parameters
    metrics: dict[str, Any]
    card: str | None
    loaded_at: datetime.datetime
    corrections: int
