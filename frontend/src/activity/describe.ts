/** What a record is about, in the words of the house. */

import type { ActivityRecord, NamedEntity, Subject } from "../contract";
import type { Hass } from "../hass";
import { known, plural, t, word } from "../locale";

const NAMED = 3;

/** Names of actions, as Home Assistant translates them. */
export class ActionNames {
  private localize: ((key: string) => string) | undefined;

  async load(hass: Hass): Promise<void> {
    this.localize = await hass.loadBackendTranslation?.("services");
  }

  of(action: string): string {
    const [domain = "", service = ""] = action.split(".");
    const translated = this.localize?.(`component.${domain}.services.${service}.name`);
    return translated === undefined || translated === "" ? action : translated;
  }
}

/** What was done: the action, the event, or the kind of request. */
export function deed(record: { subject: Subject }, actions: ActionNames): string {
  const { action, event, operation, what } = record.subject;
  if (action !== null) return actions.of(action);
  if (event !== null) return t("deed_event", { event });
  if (operation !== null) {
    // Most operations are named by what they are about, some by what they do.
    const [topic = ""] = operation.split(".");
    const name = known("operation", operation.replaceAll(".", "_")) ?? known("operation", topic);
    if (name !== undefined) return name;
  }
  return sentence(what);
}

/** On which entities. */
export function things(record: { subject: Subject }): string {
  const { entities, more } = record.subject;
  const rest = entities.length - NAMED + more;
  const names = entities.slice(0, NAMED).map(nameOf).join(", ");
  return rest > 0 ? `${names} ${plural("and_more", rest)}` : names;
}

export function nameOf(entity: NamedEntity): string {
  return entity.name ?? entity.entity_id;
}

/** Why it was refused or failed, in a few words. */
export function reason(record: ActivityRecord): string {
  return record.reason === null ? "" : word("reason", record.reason);
}

function sentence(text: string): string {
  return text === "" ? t("deed_request") : text.charAt(0).toUpperCase() + text.slice(1);
}
