"""Creates an issue when policy tests of a key do not pass."""

from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..keys import KeyRing
from ..policy_tests.evaluation import Result, Status
from ..policy_tests.guard import listed_tests
from ..policy_tests.watch import PolicyWatch

TESTS_FAIL: Final = "policy_tests_fail"
_DOCS: Final = "https://github.com/drawbridge-ha/drawbridge/blob/main/docs/panel.md#policy-tests"


class PolicyIssues:
    """Keeps an issue for each key that is enabled and has a policy test that does not pass."""

    def __init__(self, hass: HomeAssistant, keys: KeyRing, watch: PolicyWatch) -> None:
        """Create the monitor of the policy tests of keys."""
        self._hass = hass
        self._keys = keys
        self._watch = watch
        self._raised: set[str] = set()

    def start(self) -> CALLBACK_TYPE:
        """Start following the results. Returns a function that stops it."""
        unsubscribe = self._watch.subscribe(self.check)
        self.check()

        def stop() -> None:
            unsubscribe()
            for key_id in self._raised:
                ir.async_delete_issue(self._hass, DOMAIN, f"{TESTS_FAIL}_{key_id}")

        return stop

    @callback
    def check(self) -> None:
        """Create issues for tests that do not pass, and delete those of tests that pass again."""
        failing = {
            key.id: (key.name, results)
            for key in self._keys
            if key.enabled and (results := self._watch.failing.get(key.id))
        }
        for key_id in self._raised - failing.keys():
            ir.async_delete_issue(self._hass, DOMAIN, f"{TESTS_FAIL}_{key_id}")
        self._raised = set(failing)
        for key_id, (name, results) in failing.items():
            self._raise(key_id, name, results)

    def _raise(self, key_id: str, name: str, results: tuple[Result, ...]) -> None:
        broken = any(item.status is Status.BROKEN for item in results)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            f"{TESTS_FAIL}_{key_id}",
            is_fixable=False,
            learn_more_url=_DOCS,
            severity=ir.IssueSeverity.ERROR if broken else ir.IssueSeverity.WARNING,
            translation_key=TESTS_FAIL,
            translation_placeholders={"name": name, "tests": listed_tests(results)},
        )
