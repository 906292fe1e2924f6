"""What a request and an answer look like: the schemas that validate and encode."""

import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gender_detection.aggregation import MAX_GROUPED_BY, MAX_VALUE_CHARACTERS, Summary
from gender_detection.countries import LONGEST
from gender_detection.countries.report import CountryWarning
from gender_detection.model import Parameters, Person, Prediction

# The media types of tables.
JSON = "application/json"
CSV = "text/csv"
ARROW = "application/vnd.apache.arrow.stream"
TABLES = (CSV, ARROW)

MAX_INSTANCES = 10_000
MAX_NAME_CHARACTERS = 1_000
MAX_ID_CHARACTERS = 200
# Wider integers cannot be encoded again by every JSON library.
INT64 = Meta(ge=-(2**63), le=2**63 - 1)
# 7.0 is an integer to JSON, and what a table with gaps makes of 7; 2**63 - 1024 is a float.
WHOLE = Meta(multiple_of=1, ge=-(2.0**63), le=2.0**63 - 1024)

Name = Annotated[str, Meta(max_length=MAX_NAME_CHARACTERS)]
Country = Annotated[
    str,
    Meta(
        max_length=LONGEST,
        description="Alpha-2 code, alpha-3 code, code of three digits, or what the country is "
        "called; what is not understood is told in warnings, and counts as none.",
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
    """A person as a caller of the API names them.

    As in tables, name may be called full_name or author; given_name first_name or forename;
    family_name last_name or surname; country country_code; all of them in any case.
    """

    name: Name | None = None
    given_name: Name | None = None
    family_name: Name | None = None
    country: Country | None = None
    id: Identifier | None = None


Instances = Annotated[list[Name | PersonRequest], Meta(min_length=1, max_length=MAX_INSTANCES)]


class PredictRequest(PersonRequest, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The body of POST /predict: one person, or instances.

    With instances, country is that of every instance without one of its own. threshold and
    female_share hold for the whole request.
    """

    instances: Instances | None = None
    threshold: Threshold | None = None
    female_share: FemaleShare | None = None


class GroupedPersonRequest(
    PersonRequest, frozen=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A person and the groups they are counted in, such as {"year": 2020, "field": "physics"}."""

    group: Group = msgspec.field(default_factory=dict)


GroupedInstances = Annotated[
    list[Name | GroupedPersonRequest], Meta(min_length=1, max_length=MAX_INSTANCES)
]


class AggregateRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The body of POST /aggregate: instances, and what they are grouped by.

    by names members of each instance's group, null where it has no such member, or country, that
    of the person; without it all are one group. country is that of every instance without one of
    its own.
    """

    instances: GroupedInstances
    by: Annotated[list[GroupName], Meta(max_length=MAX_GROUPED_BY)] = msgspec.field(
        default_factory=list
    )
    country: Country | None = None
    threshold: Threshold | None = None


class PredictOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The query of POST /predict: of a table, and where a body of JSON says nothing else.

    country is that of rows and persons that name none. In a query, null is a text as any other.
    """

    country: Country | UnsetType = UNSET
    threshold: Threshold | UnsetType = UNSET
    female_share: FemaleShare | UnsetType = UNSET


class AggregateOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The query of POST /aggregate: of a table, and where a body of JSON says nothing else.

    by names columns or members, parted by commas, such as year,country; country is that of rows and
    persons that name none.
    """

    by: Annotated[str, Meta(max_length=MAX_GROUPED_BY * MAX_VALUE_CHARACTERS)] | UnsetType = UNSET
    country: Country | UnsetType = UNSET
    threshold: Threshold | UnsetType = UNSET


class ModelInfo(msgspec.Struct, frozen=True):
    """The model that answered; threshold is the one in force for the request."""

    name: str
    version: str
    data_version: str
    threshold: float


class AnswerEnd(msgspec.Struct, frozen=True):
    """What all answers to persons end with."""

    model: ModelInfo
    warnings: list[CountryWarning] | UnsetType = UNSET


class PersonAnswer(Prediction, frozen=True):
    """The answer to one person; warnings are there only where there are any."""

    model: ModelInfo
    warnings: list[CountryWarning] | UnsetType = UNSET


class InstancesAnswer(msgspec.Struct, frozen=True):
    """The answer to instances, in their order; warnings are there only where there are any."""

    predictions: list[Prediction]
    model: ModelInfo
    warnings: list[CountryWarning] | UnsetType = UNSET


class AggregateAnswer(msgspec.Struct, frozen=True):
    """The answer of POST /aggregate: each group, in the order of their values, and all together.

    warnings are there only where there are any.
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
    """The answer of GET /model: what is known of the model in service.

    metrics are as training measured them; card is its model card in Markdown, null where it has
    none; loaded_at is when this process loaded it.
    """

    parameters: Parameters
    metrics: dict[str, Any]
    card: str | None
    loaded_at: datetime.datetime
