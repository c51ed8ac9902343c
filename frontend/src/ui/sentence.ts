/** Sentences of the bridge, in the language of the user and with the names of the house. */

import type { Sentence } from "../contract";
import { areaName, nameOf, type Hass } from "../hass";
import { known, t, word } from "../locale";

type Values = Record<string, string | undefined>;

/** A sentence in the language of the user, or in English if the panel does not know it. */
export function say(hass: Hass, sentence: Sentence): string {
  const values: Values = {};
  for (const [name, value] of Object.entries(sentence.values)) values[name] = shown(hass, name, value, sentence);
  const text = known("say", sentence.name, values);
  if (text === undefined) return sentence.text;
  return sentence.name.startsWith("scope_") && values.entity !== undefined ? `${values.entity}: ${text}` : text;
}

/** Several sentences as one text. */
export function sayAll(hass: Hass, sentences: readonly Sentence[]): string {
  return sentences.map((sentence) => say(hass, sentence)).join(" ");
}

function shown(hass: Hass, name: string, value: string | string[], sentence: Sentence): string {
  if (typeof value !== "string") return value.map((item) => shown(hass, SINGLE[name] ?? "", item, sentence)).join(", ");
  switch (name) {
    case "entity":
    case "other":
      return named(hass, value);
    case "capability":
      return word("capability", value);
    case "right":
      return value === "other_actions" ? t("other_actions") : word("capability", value);
    case "kind":
      return word("kind", value);
    case "item":
      return item(hass, sentence.values.kind, value);
    default:
      return value;
  }
}

/** What the items of a list are. */
const SINGLE: Record<string, string | undefined> = { entities: "entity", others: "right" };

function named(hass: Hass, entityId: string): string {
  const name = nameOf(hass, entityId);
  return name === entityId ? entityId : `${name} (${entityId})`;
}

function item(hass: Hass, kind: string | string[] | undefined, value: string): string {
  if (kind === "area") return areaName(hass, value);
  if (kind === "device") return hass.devices?.[value]?.name ?? value;
  return value;
}
