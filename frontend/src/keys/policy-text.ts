/** Policy tests in words. */

import type { PolicyTest } from "../contract";
import { areaName, nameOf, type Hass } from "../hass";
import { word } from "../locale";

/** The colour of each result. */
export const TONES: Record<string, string | undefined> = {
  passed: "good",
  broken: "bad",
  missing: "alert",
  unreadable: "alert",
};

/** What a test expects, such as "Does not control: Back door (lock.open)". */
export function policyText(hass: Hass, test: PolicyTest): string {
  const expected = word("expect", test.expect);
  const target = test.area_id === null ? test.entity_id : areaName(hass, test.area_id);
  if (target === null) return expected;
  const name = test.area_id === null ? nameOf(hass, target) : target;
  return `${expected}: ${name}${test.action === null ? "" : ` (${test.action})`}`;
}
