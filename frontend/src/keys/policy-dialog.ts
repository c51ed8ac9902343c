import { mdiClose, mdiPlus } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { Api } from "../api";
import type { Key, PolicyKind, PolicyTest } from "../contract";
import { nameOf, type Hass } from "../hass";
import { errorText, t, word } from "../locale";
import { define } from "../ui/define";
import "../ui/dialog";
import type { DrawbridgeDialog } from "../ui/dialog";
import "../ui/entity-picker";
import { icon } from "../ui/icon";
import { shared } from "../ui/styles";

const KINDS: PolicyKind[] = ["sees", "not_sees", "controls", "not_controls"];

/** The assertions about a key that a change of it may not break. */
export class PolicyDialog extends LitElement {
  static override styles = [
    shared,
    css`
      li {
        display: flex;
        align-items: center;
        gap: 8px;
        border-bottom: 1px solid var(--line);
      }
      li > span:nth-child(2) {
        flex: 1;
        overflow-wrap: anywhere;
      }
      .new {
        align-items: end;
      }
      drawbridge-entity-picker {
        flex: 1 1 200px;
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) key!: Key;

  @state() private kind: PolicyKind = "not_controls";
  @state() private error: unknown;
  @query("drawbridge-dialog") private readonly dialog!: DrawbridgeDialog;

  protected override render(): TemplateResult {
    const tests = this.key.tests ?? [];
    return html`<drawbridge-dialog heading=${t("policy_heading", { name: this.key.name })} @closed=${this.closed}>
      <p>${t("policy_text")}</p>
      ${tests.length === 0
        ? html`<p class="faint">${t("policy_empty")}</p>`
        : html`<ul>
            ${tests.map((test) => this.line(test))}
          </ul>`}
      <div class="row new">
        <label class="field">
          <span>${t("policy_kind")}</span>
          <select @change=${this.choose}>
            ${KINDS.map((kind) => html`<option value=${kind} ?selected=${kind === this.kind}>${word("kind", kind)}</option>`)}
          </select>
        </label>
        <drawbridge-entity-picker .hass=${this.hass} .label=${t("entity")} @picked=${this.add}></drawbridge-entity-picker>
      </div>
      <p class="faint row">${icon(mdiPlus, 16)} ${t("policy_add")}</p>
      ${this.error === undefined ? nothing : html`<p class="error" role="alert">${errorText(this.error)}</p>`}
      <button slot="actions" class="button main" @click=${() => this.dialog.close()}>${t("close")}</button>
    </drawbridge-dialog>`;
  }

  private line(test: PolicyTest): TemplateResult {
    const name = `${word("kind", test.kind)} ${nameOf(this.hass, test.entity_id)}`;
    return html`<li>
      <span class="chip ${test.passes === false ? "bad" : "good"}">
        ${t(test.passes === false ? "test_fails" : "test_passes")}
      </span>
      <span>${name} <code class="faint">${test.entity_id}</code></span>
      <button class="icon-button" aria-label=${t("remove", { name })} @click=${() => this.drop(test)}>
        ${icon(mdiClose)}
      </button>
    </li>`;
  }

  private choose(event: Event): void {
    this.kind = (event.target as HTMLSelectElement).value as PolicyKind;
  }

  private async add(event: CustomEvent<string>): Promise<void> {
    await this.save([...(this.key.tests ?? []), { kind: this.kind, entity_id: event.detail }]);
  }

  private async drop(removed: PolicyTest): Promise<void> {
    await this.save((this.key.tests ?? []).filter((test) => test !== removed));
  }

  private async save(tests: PolicyTest[]): Promise<void> {
    this.error = undefined;
    try {
      await this.api.setPolicy(this.key.id, tests);
    } catch (error) {
      this.error = error;
    }
  }

  private closed(): void {
    this.dispatchEvent(new CustomEvent("closed"));
  }
}

define("drawbridge-policy-dialog", PolicyDialog);
