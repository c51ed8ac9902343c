/** The messages of Drawbridge's commands, as docs/panel-commands.md describes them. */

export type Outcome = "allowed" | "refused" | "failed";

/** A subscription ends with this when Drawbridge is reloaded or removed. */
export interface Closed {
  closed: true;
}

export interface NamedEntity {
  entity_id: string;
  name: string | null;
}

export interface Subject {
  entities: NamedEntity[];
  /** How many entities there are beyond those listed. */
  more: number;
  action: string | null;
  event: string | null;
  capability: string | null;
  lacking: "capability" | "entity" | "service" | "event" | null;
  operation: string | null;
  what: string;
}

export interface ActivityRecord {
  id: number;
  time: number;
  request_id: string;
  key_id: string | null;
  key_name: string | null;
  address: string;
  method: string;
  route: string;
  status: number;
  outcome: Outcome;
  reason: string | null;
  target: string | null;
  /** The number of requests of a sum. */
  count: number;
  subject: Subject;
}

export interface ActivityMessage {
  records: ActivityRecord[];
  /** Not in the first message, which has everything that is kept. */
  missed?: number;
}

/** Calls of a key that wait for a person. All of them are answered together. */
export interface ApprovalRequest {
  id: string;
  key_id: string;
  key_name: string;
  calls: ApprovalCall[];
  asked_at: number;
  until: number;
  seconds_left: number;
  /** What "always" adds to the key, or null if the key cannot hold that many. */
  always: { action: string; entity_id: string | null }[] | null;
}

export interface ApprovalCall {
  action: string;
  entities: NamedEntity[];
  more: number;
}

export interface ApprovalsMessage {
  requests: ApprovalRequest[];
}

export type Answer = "once" | "15_minutes" | "always" | "deny";

export interface Lists {
  capabilities: string[];
  entities: string[];
  services: string[];
  events: string[];
}

/** A sentence that the panel shows in the language of its user: `text` is English. */
export interface Sentence {
  name: string;
  values: Record<string, string | string[]>;
  text: string;
}

export interface Change {
  id: string;
  text: string;
  adds: Lists;
  /** What the key could do beyond the request. */
  beyond: Sentence[];
  /** Whether the key could then do more than the request needs. */
  broad: boolean;
}

export interface Explanation {
  rule: string;
  rule_sentences: Sentence[];
  allowed_now: boolean;
  changes: Change[];
  why_none: string | null;
  why_none_sentences: Sentence[];
}

export interface Key {
  id: string;
  name: string;
  enabled: boolean;
  learning: boolean;
  expires: number | null;
  created: number | null;
  last_used: number | null;
  connected: number;
  capabilities: string[];
  everything: boolean;
  entities: number;
  services: string[] | "*" | null;
  per_minute: number | null;
  bound: boolean;
  damaged: string | null;
  temporary: (Lists & { until: number })[];
  /** The number of policy tests. */
  tests: number;
  failing_tests: number;
  chips: string[];
}

export interface KeysMessage {
  keys: Key[];
}

export interface NewSecret {
  secret: string;
  urls: string[];
}

export interface Undo {
  undo: string;
  until: number;
}

export interface Part extends Lists {
  limits?: string[];
  more?: number;
}

export interface Comparison {
  only_first: Part;
  only_second: Part;
  both: Part;
}

export interface Proposal {
  used: Part;
  refused: Part;
  unused: Part;
  /** Actions that are not proposed, because they restart Home Assistant, run code or administer it. */
  doubtful: string[];
  /** Entities that are not proposed, because the key could do more with them if they were listed by ID. */
  left_out: string[];
  since: number;
  requests: number;
  keep_scope: boolean;
}

export interface Counts {
  read: number;
  control: number;
}

export interface AreaAccess {
  area_id: string | null;
  name: string | null;
  entities: number;
  keys: Record<string, Counts | undefined>;
}

export interface Areas {
  areas: AreaAccess[];
  keys: Record<string, string>;
}

export interface EntityAccess extends NamedEntity {
  area_id: string | null;
  read: boolean;
  control: boolean;
  rule: string;
  rule_sentence: Sentence;
}

export interface EntityAccessList {
  entities: EntityAccess[];
  more: number;
}

export interface KeyAccess {
  key_id: string;
  name: string;
  enabled: boolean;
  read: boolean;
  control: boolean;
  history: boolean;
  rule: string;
  rule_sentence: Sentence;
}

export interface PolicyTest {
  expect: string;
  /** This or the area is set. */
  entity_id: string | null;
  area_id: string | null;
  action: string | null;
}

export interface PolicyResult {
  test: PolicyTest;
  status: "passed" | "broken" | "missing" | "unreadable";
  rule: string;
  /** Those that break the test. */
  entities: string[];
  more: number;
}

export interface PolicyResults {
  results: PolicyResult[];
  /** How many tests a key can have. */
  max: number;
}

export interface ReplayedChange {
  outcome: "refused" | "partly" | "allowed";
  count: number;
  latest: number;
  rule: string;
  subject: Subject;
}

export interface Replay {
  requests: number;
  since: number | null;
  refused: number;
  partly: number;
  allowed: number;
  changes: ReplayedChange[];
  more: number;
}

export interface Preview {
  broken: PolicyResult[];
  replay: Replay;
}
