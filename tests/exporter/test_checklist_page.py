"""docs/checklist.md: each of the 160 boxes, and what answers it."""

from drawbridge_exporter.preflight.checklist import boxes
from scripts.build_checklist import PAGE, SOFTWARE, answered_by, known, page


def test_the_page_is_up_to_date() -> None:
    """Run python -m scripts.build_checklist after a change."""
    assert PAGE.read_text() == page()


def test_enough_boxes_are_answered_by_software() -> None:
    """Enough boxes are answered by software, so that a change of an item does not lose one."""
    assert sum(answered_by(box, known()) == SOFTWARE for box in boxes()) >= 128
