"""Cursors are valid only for the bridge and the view that they were created for."""

from hypothesis import given, strategies as st

from custom_components.drawbridge.states.cursor import Cursors, Position

NUMBERS = st.integers(min_value=0, max_value=2**64 - 1)


@given(epoch=NUMBERS, sequence=NUMBERS, view=st.text())
def test_there_and_back(epoch: int, sequence: int, view: str) -> None:
    """A cursor can be read only by the same bridge and for the same view."""
    cursors, position = Cursors(), Position(epoch, sequence)
    cursor = cursors.encode(position, view)
    assert cursors.decode(cursor, view) == position
    assert cursors.decode(cursor, view + "x") is None
    assert Cursors().decode(cursor, view) is None


@given(cursor=st.text(max_size=80))
def test_nonsense(cursor: str) -> None:
    """Any other text is not accepted as a cursor."""
    assert Cursors().decode(cursor, "view") is None


@given(place=st.integers(min_value=0, max_value=42), letter=st.sampled_from("ABCxyz019-_"))
def test_forgery(place: int, letter: str) -> None:
    """Changing any character of a cursor makes it invalid."""
    cursors = Cursors()
    cursor = cursors.encode(Position(3, 1000), "view")
    forged = cursor[:place] + letter + cursor[place + 1 :]
    read = cursors.decode(forged, "view")
    assert read is None or (read == Position(3, 1000) and place == len(cursor) - 1) or forged == cursor
