import assert from "node:assert/strict";
import { test } from "node:test";

import type { ActivityRecord } from "../src/contract";
import { matches, MAX_RECORDS, NO_FILTER, NO_KEY, Records, signature, toCsv, toJsonLines } from "../src/records";

type Parts = Omit<Partial<ActivityRecord>, "subject"> & { subject?: Partial<ActivityRecord["subject"]> };

function record(id: number, { subject, ...parts }: Parts = {}): ActivityRecord {
  return {
    id,
    time: 1_795_357_330.5,
    request_id: `request-${id}`,
    key_id: "one",
    key_name: "Kitchen display",
    address: "192.168.1.20",
    method: "GET",
    route: "/api/states",
    status: 200,
    outcome: "allowed",
    reason: null,
    target: null,
    count: 1,
    ...parts,
    subject: {
      entities: [],
      more: 0,
      action: null,
      event: null,
      capability: null,
      lacking: null,
      operation: "states.list",
      what: "read states",
      ...subject,
    },
  };
}

const ids = (records: Records): number[] => records.all.map((item) => item.id);

void test("the memory of the browser is bounded, and the oldest records go first", () => {
  const records = new Records();
  records.take({ records: [record(0)] });
  for (let id = 1; id <= MAX_RECORDS + 500; id += 1) records.take({ records: [record(id)], missed: 0 });
  assert.equal(records.all.length, MAX_RECORDS);
  assert.equal(ids(records)[0], 501);
  assert.equal(ids(records).at(-1), MAX_RECORDS + 500);
});

void test("a sum that has grown replaces the earlier one in its place", () => {
  const records = new Records();
  records.take({ records: [record(1), record(2)] });
  records.take({ records: [record(1, { count: 12 }), record(3)], missed: 0 });
  assert.deepEqual(ids(records), [1, 2, 3]);
  assert.equal(records.all[0]?.count, 12);
});

void test("the first message after subscribing again replaces everything, because ids begin anew after a restart", () => {
  const records = new Records();
  records.take({ records: [record(700), record(701)] });
  records.take({ records: [], missed: 3 });
  assert.equal(records.missed, 3);
  records.take({ records: [record(1)] });
  assert.deepEqual(ids(records), [1]);
  assert.equal(records.missed, 0);
});

void test("missed records are counted together", () => {
  const records = new Records();
  records.take({ records: [] });
  records.take({ records: [], missed: 2 });
  records.take({ records: [], missed: 5 });
  assert.equal(records.missed, 7);
});

const hall = { entity_id: "light.hall_lamp", name: "Hall light" };
const areas: Record<string, string> = { "light.hall_lamp": "hall" };
const area = (entityId: string): string | null => areas[entityId] ?? null;

void test("filters by key, area, outcome and text hold together", () => {
  const refused = record(1, { outcome: "refused", subject: { entities: [hall] } });
  const stranger = record(2, { key_id: null, key_name: null });
  const shown = (item: ActivityRecord, filter: object): boolean => matches(item, { ...NO_FILTER, ...filter }, area);
  assert.ok(shown(refused, {}));
  assert.ok(shown(refused, { key: "one", area: "hall", outcome: "refused", text: " HALL LIGHT " }));
  assert.ok(!shown(refused, { key: "two" }));
  assert.ok(!shown(refused, { area: "kitchen" }));
  assert.ok(!shown(refused, { outcome: "allowed" }));
  assert.ok(!shown(refused, { text: "garage" }));
  assert.ok(!shown(refused, { key: NO_KEY }));
  assert.ok(shown(stranger, { key: NO_KEY }));
  assert.ok(!shown(stranger, { area: "hall" }));
});

void test("the search finds entities by name and id, actions and addresses", () => {
  const item = record(1, { subject: { entities: [hall], action: "light.turn_on" } });
  for (const text of ["hall light", "hall_lamp", "turn_on", "192.168", "kitchen display"]) {
    assert.ok(matches(item, { ...NO_FILTER, text }, area), text);
  }
});

void test("only the same refusal of the same key is ignored", () => {
  const one = record(1, { reason: "scope", subject: { entities: [hall] } });
  assert.equal(signature(one), signature({ ...one, id: 2, time: 0, address: "10.0.0.1" }));
  assert.notEqual(signature(one), signature({ ...one, key_id: "two" }));
  assert.notEqual(signature(one), signature({ ...one, reason: "capability" }));
  assert.notEqual(signature(one), signature(record(1, { reason: "scope" })));
});

void test("JSON lines hold one document each", () => {
  const lines = toJsonLines([record(1, { target: "two\nlines" }), record(2)]).split("\n");
  assert.equal(lines.length, 3);
  assert.equal((JSON.parse(lines[0] ?? "") as ActivityRecord).target, "two\nlines");
});

void test("CSV quotes what RFC 4180 asks for", () => {
  const csv = toCsv([record(1, { key_name: 'A "quoted", name\r\nof two lines' })]);
  assert.ok(csv.includes('"A ""quoted"", name\r\nof two lines"'));
  assert.ok(csv.endsWith("\r\n"));
});

void test("no cell that a client chose runs as a formula of a spreadsheet", () => {
  for (const target of ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]) {
    const row = toCsv([record(1, { target })]).split("\r\n").slice(1).join("\r\n");
    assert.ok(row.includes(`'${target}`), target);
  }
});
