"""好差评: five levels (国办发〔2019〕51号). No database, no clock."""

GRADES = (1, 2, 3, 4, 5)
BAD = (1, 2)

# Reasons people may tick, good and bad; the words stand in the templates.
TAGS = (
    "fast",
    "clear",
    "friendly",
    "online_throughout",
    "slow",
    "unclear",
    "unfriendly",
    "too_many_papers",
    "had_to_come",
    "wrong_result",
)

# By when a bad rating is verified by call-back and answered; local rules, in working days.
VERIFY_WITHIN = 1
ANSWER_WITHIN = 5


def is_bad(grade: int) -> bool:
    return grade in BAD
