"""The colours of the dashboards: the palette of Okabe & Ito (2008), safe for colour-blind readers.

The same as in gender_detection.plots, which needs matplotlib; a test compares both.
"""

BLUE, SKY, GREEN, YELLOW = "#0072B2", "#56B4E9", "#009E73", "#F0E442"
AMBER, ORANGE, PURPLE, GREY = "#E69F00", "#D55E00", "#CC79A7", "#999999"
NO_COLOUR = "transparent"

GOOD, WARNING, BAD = BLUE, AMBER, ORANGE
# For series without a colour of their own, in this order.
SERIES = (BLUE, AMBER, GREEN, PURPLE, SKY, ORANGE, YELLOW, GREY)

GENDERS = {"female": ORANGE, "male": BLUE, "unknown": GREY}
BASES = {
    "country": BLUE, "name": SKY, "pattern": AMBER, "title": GREEN, "family_name": PURPLE,
    "correction": ORANGE, "none": GREY,
}  # fmt: skip
REASONS = {
    "ambiguous": BLUE, "unseen": AMBER, "initials": SKY, "empty": GREY, "not_a_name": GREEN,
    "bad_row": ORANGE, "several_people": PURPLE, "not_a_person": YELLOW,
}  # fmt: skip
ROUTES = {
    "/predict": BLUE, "/aggregate": AMBER, "/model": GREEN, "/": SKY, "other": ORANGE,
}  # fmt: skip
# By the first digit of the status.
STATUSES = {"2": BLUE, "3": SKY, "4": AMBER, "5": ORANGE}
FEATURES = dict(
    zip(("script", "length", "country", "basis", "probability", "unknown"), SERIES, strict=False)
)
TASKS = {
    "data_acquisition": BLUE, "data_cleansing": AMBER, "data_transformation": GREEN,
    "vectorization": PURPLE, "fit": ORANGE, "gate": SKY, "report": YELLOW,
    "upkeep": GREEN, "data_pipeline": GREY, "model_training": GREY,
}  # fmt: skip
STAGES = dict(zip(("raw", "clean", "transformed", "origins", "vectors"), SERIES, strict=False))
CAUSES = {
    "short": BLUE, "long": AMBER, "tables": GREEN, "connections": PURPLE, "signal": AMBER,
    "exit": ORANGE,
}  # fmt: skip
OUTCOMES = {"loaded": BLUE, "published": BLUE, "refused": ORANGE, "failed": AMBER}
WORKERS = {f"worker {number}": colour for number, colour in enumerate(SERIES)}
