/** Drawbridge's commands, typed. */

import type {
  Answer,
  Areas,
  Comparison,
  EntityAccessList,
  Explanation,
  KeyAccess,
  Lists,
  NewSecret,
  PolicyResults,
  PolicyTest,
  Preview,
  Proposal,
  Undo,
} from "./contract";
import type { Hass } from "./hass";

type Fields = Record<string, unknown>;

export class Api {
  constructor(private readonly hass: () => Hass) {}

  setEnabled(key: string, enabled: boolean): Promise<unknown> {
    return this.call("keys/set_enabled", { key_id: key, enabled });
  }

  rotate(key: string, overlap: number): Promise<NewSecret> {
    return this.call("keys/rotate", { key_id: key, overlap });
  }

  delete(key: string): Promise<Undo> {
    return this.call("keys/delete", { key_id: key });
  }

  undo(undo: string): Promise<unknown> {
    return this.call("keys/undo", { undo });
  }

  compare(key: string, other: string): Promise<Comparison> {
    return this.call("keys/compare", { key_id: key, other_id: other });
  }

  explain(record: number): Promise<Explanation> {
    return this.call("activity/explain", { record_id: record });
  }

  allow(record: number, change: string, seconds?: number): Promise<{ until: number | null }> {
    return this.call("activity/allow", {
      record_id: record,
      change_id: change,
      ...(seconds === undefined ? {} : { seconds }),
    });
  }

  decide(request: string, answer: Answer): Promise<unknown> {
    return this.call("approvals/decide", { request, answer });
  }

  areas(): Promise<Areas> {
    return this.call("access/areas", {});
  }

  accessOfKey(key: string): Promise<EntityAccessList> {
    return this.call("access/key", { key_id: key });
  }

  async accessOfEntity(entity: string): Promise<KeyAccess[]> {
    const answer = await this.call<{ keys: KeyAccess[] }>("access/entity", { entity_id: entity });
    return answer.keys;
  }

  proposal(key: string): Promise<Proposal> {
    return this.call("proposal", { key_id: key });
  }

  tests(key: string): Promise<PolicyResults> {
    return this.call("tests/list", { key_id: key });
  }

  addTest(key: string, test: PolicyTest): Promise<PolicyResults> {
    return this.call("tests/add", { key_id: key, test });
  }

  removeTest(key: string, test: PolicyTest): Promise<PolicyResults> {
    return this.call("tests/remove", { key_id: key, test });
  }

  /** What a change would do: what it adds, or else what learn mode proposes. */
  preview(key: string, adds?: Lists): Promise<Preview> {
    return this.call("preview", { key_id: key, ...(adds === undefined ? { learned: true } : { adds }) });
  }

  private call<T>(command: string, fields: Fields): Promise<T> {
    return this.hass().callWS<T>({ type: `drawbridge/${command}`, ...fields });
  }
}
