from __future__ import annotations

import pytest

from twilio_async.cli.bulk.roll import Bad, Clash, End, Fate, Good, Roll


def test_rows_come_back_in_the_order_of_the_file() -> None:
    """Good ones and bad ones, whatever stands in them."""
    good = [Good(line, f"+1415555{line:04}", None, "Grüße\n😀") for line in (2, 5, 9)]
    bad = [Bad(3, "x", "x", "to", "no number", ["x", "\0"]), Bad(7, "", "", "", "cannot be read", [])]
    with Roll() as roll:
        for row in good:
            roll.add(row)
        for reject in bad:
            roll.add_bad(reject)
        assert (list(roll.good_rows()), list(roll.bad_rows())) == (good, bad)
        assert (roll.good, roll.bad) == (3, 2)


def test_a_second_row_for_a_recipient_or_key_is_refused_with_the_line_of_the_first() -> None:
    """The first one counts, and nothing of the second is kept."""
    with Roll() as roll:
        roll.add(Good(2, "+1", "a", "x"))
        with pytest.raises(Clash) as by_number:
            roll.add(Good(3, "+1", "b", "y"))
        with pytest.raises(Clash) as by_key:
            roll.add(Good(4, "+2", "a", "y"))
        assert (by_number.value.line, by_number.value.of_key) == (2, False)
        assert (by_key.value.line, by_key.value.of_key) == (2, True)
        assert roll.good == len(list(roll.good_rows())) == 1


def test_a_row_is_found_by_its_key_and_without_one_by_its_recipient() -> None:
    """As the ledger knows it."""
    keyed, plain = Good(2, "+1", "a", "x"), Good(3, "+2", None, "x")
    with Roll() as roll:
        roll.add(keyed)
        roll.add(plain)
        assert [roll.find(key) for key in ("a", "+1", "+2", "b")] == [keyed, None, plain, None]
        assert [roll.has_recipient(number) for number in ("+1", "+2", "a")] == [True, True, False]


def test_each_row_has_one_fate() -> None:
    """What the ledger told last, nothing yet, or why it cannot be sent: a line for each, in the file's order."""
    with Roll() as roll:
        roll.add(Good(2, "+1", None, "x"))
        roll.add(Good(4, "+2", "b", "x"))
        roll.add_bad(Bad(3, "x", "x", "to", "no number", ["x"]))
        roll.note([End("+1", "pending", None, None, None), End("stranger", "accepted", "SM2", None, None)])
        roll.note([End("+1", "accepted", "SM1", None, None)])
        assert list(roll.fates()) == [
            Fate(2, "+1", "+1", "accepted", "SM1", None, None),
            Fate(3, "x", "x", "invalid", None, None, "to: no number"),
            Fate(4, "+2", "b", None, None, None, None),
        ]
