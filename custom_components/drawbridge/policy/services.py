"""Which service calls a key may make."""

from collections.abc import Callable, Collection


def may_call(domain: str, reached: Collection[str], in_scope: Callable[[str], bool]) -> bool:
    """Tell whether a service of a domain may be called on the entities it would reach.

    It must reach at least one entity of its own domain, and none out of scope.
    """
    own = f"{domain}."
    return any(item.startswith(own) for item in reached) and all(map(in_scope, reached))
