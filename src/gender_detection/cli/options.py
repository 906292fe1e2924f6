"""Help texts of options that several commands have."""

THRESHOLD_HELP = "lowest probability for an answer, from 0.5 to 1 (default: that of the model)"
FEMALE_SHARE_HELP = "share of women among these people, if known"
