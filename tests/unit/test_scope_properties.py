"""Scopes, compared with a slow and simple implementation."""

from fnmatch import fnmatchcase

from hypothesis import given, settings, strategies as st

from custom_components.drawbridge.scope.model import EntityFacts, Scope, Selection

NAMES = st.sampled_from(["a", "b", "c"])
DOMAINS = st.sampled_from(["light", "switch", "sensor"])
ENTITY_IDS = st.builds("{}.{}".format, DOMAINS, st.sampled_from(["lamp", "lamp_2", "x", "tv"]))
GLOBS = st.sampled_from(["*", "light.*", "*.lamp", "*.lamp*", "s*.?", "[ls]*.tv", "[!l]*.x", "lamp", "light.lamp"])


def sets(items: st.SearchStrategy[str]) -> st.SearchStrategy[frozenset[str]]:
    """Return small sets, most of them empty."""
    return st.one_of(st.just(frozenset[str]()), st.frozensets(items, max_size=2))


SELECTIONS = st.builds(
    Selection,
    areas=sets(NAMES),
    domains=sets(DOMAINS),
    entities=sets(ENTITY_IDS),
    floors=sets(NAMES),
    labels=sets(NAMES),
    devices=sets(NAMES),
    globs=sets(GLOBS),
)
SCOPES = st.builds(Scope, everything=st.booleans(), include=SELECTIONS, exclude=SELECTIONS)
ENTITIES = st.builds(
    EntityFacts,
    entity_id=ENTITY_IDS,
    area=st.none() | NAMES,
    floor=st.none() | NAMES,
    devices=sets(NAMES),
    labels=st.frozensets(NAMES, max_size=3),
    is_own=st.booleans(),
)


def obviously_selected(selection: Selection, entity: EntityFacts) -> bool:
    """Check each kind of item of a selection."""
    return (
        any(name == entity.area for name in selection.areas)
        or any(name == entity.floor for name in selection.floors)
        or any(name in entity.devices for name in selection.devices)
        or any(name == label for name in selection.labels for label in entity.labels)
        or any(entity.entity_id.split(".")[0] == name for name in selection.domains)
        or any(entity.entity_id == name for name in selection.entities)
        or any(fnmatchcase(entity.entity_id, glob) for glob in selection.globs)
    )


def obviously_in_scope(scope: Scope, entity: EntityFacts) -> bool:
    """Check the included selection, then the excluded one."""
    included = scope.everything or obviously_selected(scope.include, entity)
    if entity.is_own:
        included = entity.entity_id in scope.include.entities
    return included and not obviously_selected(scope.exclude, entity)


@settings(max_examples=2000)
@given(SCOPES, ENTITIES)
def test_scope(scope: Scope, entity: EntityFacts) -> None:
    """The decision and the rule are those of the simple implementation, also after the scope is stored and read."""
    verdict = obviously_in_scope(scope, entity)
    assert scope.matches(entity) is verdict
    assert scope.rule(entity).startswith("included by") is verdict
    assert Scope.from_mapping(scope.as_dict()) == scope
    assert not verdict or scope.matches_anything


@settings(max_examples=500)
@given(SCOPES, SELECTIONS, ENTITIES)
def test_excluding_more_never_shows_more(scope: Scope, more: Selection, entity: EntityFacts) -> None:
    """An additional exclusion never adds an entity."""
    both = Selection(*(getattr(scope.exclude, name) | getattr(more, name) for name in Selection.__slots__))
    narrower = Scope(scope.everything, scope.include, both)
    assert not narrower.matches(entity) or scope.matches(entity)
