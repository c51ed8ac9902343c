/** The records of the activity: kept, filtered and exported. */

import type { ActivityMessage, ActivityRecord, Outcome } from "./contract";

export const MAX_RECORDS = 1000;

/** The latest records, oldest first, at most `MAX_RECORDS`. */
export class Records {
  /** How many records the bridge left out, because there were too many at once. */
  missed = 0;
  private kept = new Map<number, ActivityRecord>();

  get all(): ActivityRecord[] {
    return [...this.kept.values()];
  }

  /** Take a message. The first one after subscribing replaces what was kept: ids may have begun anew. */
  take(message: ActivityMessage): void {
    if (message.missed === undefined) {
      this.kept = new Map();
      this.missed = 0;
    }
    this.missed += message.missed ?? 0;
    // A sum that has grown keeps its place.
    for (const record of message.records) this.kept.set(record.id, record);
    for (const id of this.kept.keys()) {
      if (this.kept.size <= MAX_RECORDS) break;
      this.kept.delete(id);
    }
  }
}

export interface Filter {
  /** The id of a key, or "none" for clients without a valid key. */
  key: string;
  area: string;
  text: string;
  outcome: Outcome | "";
}

export const NO_FILTER: Filter = { key: "", area: "", text: "", outcome: "" };
export const NO_KEY = "none";

/** Whether a record is shown with a filter. */
export function matches(record: ActivityRecord, filter: Filter, areaOf: (entityId: string) => string | null): boolean {
  if (filter.outcome !== "" && record.outcome !== filter.outcome) return false;
  if (filter.key !== "" && (record.key_id ?? NO_KEY) !== filter.key) return false;
  const { entities } = record.subject;
  if (filter.area !== "" && !entities.some((entity) => areaOf(entity.entity_id) === filter.area)) return false;
  return filter.text.trim() === "" || contains(record, filter.text.trim().toLowerCase());
}

function contains(record: ActivityRecord, text: string): boolean {
  const { entities, action, event, what } = record.subject;
  const names = entities.flatMap((entity) => [entity.entity_id, entity.name]);
  return [record.key_name, record.address, record.target, record.reason, record.route, action, event, what, ...names]
    .filter((part) => part !== null)
    .some((part) => part.toLowerCase().includes(text));
}

/** What a refusal is about: refusals with the same signature are ignored together. */
export function signature(record: ActivityRecord): string {
  const { entities, action, event, operation } = record.subject;
  return JSON.stringify([record.key_id, record.reason, operation, action, event, entities.map((item) => item.entity_id)]);
}

/** One JSON document per line. */
export function toJsonLines(records: readonly ActivityRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

const COLUMNS = [
  "time",
  "key_id",
  "key_name",
  "outcome",
  "reason",
  "status",
  "what",
  "action",
  "event",
  "entities",
  "count",
  "address",
  "method",
  "route",
  "target",
  "request_id",
] as const;

/** A table with a heading, as RFC 4180 describes it. */
export function toCsv(records: readonly ActivityRecord[]): string {
  const rows = records.map((record) => {
    const cells: Record<(typeof COLUMNS)[number], string | number | null> = {
      ...record,
      ...record.subject,
      time: new Date(record.time * 1000).toISOString(),
      entities: record.subject.entities.map((entity) => entity.entity_id).join(" "),
    };
    return COLUMNS.map((column) => cell(cells[column])).join(",");
  });
  return [COLUMNS.join(","), ...rows].map((row) => `${row}\r\n`).join("");
}

function cell(value: string | number | null): string {
  let text = String(value ?? "");
  // Clients choose some of these texts. A spreadsheet would run one that begins like a formula.
  if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
