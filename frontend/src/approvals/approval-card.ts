import { mdiHandBackRight } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { ActionNames } from "../activity/describe";
import type { Api } from "../api";
import type { Answer, ApprovalCall, ApprovalRequest } from "../contract";
import { nameOf, type Hass } from "../hass";
import { errorText, number, plural, t } from "../locale";
import { define } from "../ui/define";
import { differenceStyles } from "../ui/difference-styles";
import "../ui/dialog";
import type { DrawbridgeDialog } from "../ui/dialog";
import { tell } from "../ui/events";
import { icon } from "../ui/icon";
import { shared } from "../ui/styles";

/** In the data of a call: everything that there is. */
const EVERYTHING = "*";

/** A call that waits: who asks, for what, on which things, how long, and the answers. */
export class ApprovalCard extends LitElement {
  static override styles = [
    shared,
    differenceStyles,
    css`
      article {
        display: grid;
        gap: 10px;
        padding: 14px 16px;
        border-inline-start: 4px solid var(--alert);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      h3 {
        flex: 1;
        overflow-wrap: anywhere;
      }
      .left {
        font-variant-numeric: tabular-nums;
      }
      .always {
        max-height: 50vh;
        overflow: auto;
      }
    `,
  ];

  @property({ attribute: false }) request!: ApprovalRequest;
  /** When the wait ends, by the clock of the browser. */
  @property({ type: Number }) ends = 0;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) actions!: ActionNames;
  @property() language = "";

  @state() private busy = false;
  @state() private asked = false;
  private timer: number | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = window.setInterval(() => this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
  }

  protected override render(): TemplateResult {
    const left = Math.max(0, Math.round((this.ends - Date.now()) / 1000));
    return html`<article class="card" aria-labelledby="name">
      <header>
        ${icon(mdiHandBackRight)}
        <h3 id="name">${t("approval_asks", { name: this.request.key_name })}</h3>
        <span class="left faint">${plural("seconds_left", left)}</span>
      </header>
      <ul>
        ${this.request.calls.map((call) => html`<li>${this.call(call)}</li>`)}
      </ul>
      <div class="row">
        ${this.button("once", "approval_once", "main")} ${this.button("15_minutes", "approval_short")}
        ${this.request.always === null
          ? nothing
          : html`<button class="button" ?disabled=${this.busy} @click=${() => (this.asked = true)}>
              ${t("approval_always")}
            </button>`}
        ${this.button("deny", "approval_deny", "danger")}
      </div>
      ${this.request.always === null ? html`<p class="faint">${t("approval_full")}</p>` : nothing}
      ${this.asked && this.request.always !== null ? this.question(this.request.always) : nothing}
    </article>`;
  }

  private call({ action, entities, more }: ApprovalCall): TemplateResult {
    const names = entities.map((entity) =>
      entity.entity_id === EVERYTHING ? t("all_entities") : (entity.name ?? entity.entity_id),
    );
    return html`<strong>${this.actions.of(action)}</strong>${names.length === 0 ? "" : `: ${names.join(", ")}`}
      ${more === 0 ? "" : plural("and_more", more)} <code class="faint">${action}</code>`;
  }

  private button(answer: Answer, label: "approval_once" | "approval_short" | "approval_deny", kind = ""): TemplateResult {
    return html`<button class="button ${kind}" ?disabled=${this.busy} @click=${() => this.decide(answer)}>
      ${t(label)}
    </button>`;
  }

  private question(always: NonNullable<ApprovalRequest["always"]>): TemplateResult {
    return html`<drawbridge-dialog heading=${t("approval_always_heading")} @closed=${() => (this.asked = false)}>
      <p>${t("approval_always_text", { name: this.request.key_name })}</p>
      <ul class="difference good always" aria-label=${t("adds")}>
        ${always.map(
          ({ action, entity_id }) => html`<li data-sign="+">
            ${this.actions.of(action)}${entity_id === null ? "" : `: ${this.nameOf(entity_id)}`}
            <code class="faint">${action} ${entity_id ?? ""}</code>
          </li>`,
        )}
      </ul>
      <button slot="actions" class="button" @click=${this.closeDialog}>${t("cancel")}</button>
      <button slot="actions" class="button main" ?disabled=${this.busy} @click=${() => this.decide("always")}>
        ${t("approval_always_do")} <span class="hidden">${number(always.length)}</span>
      </button>
    </drawbridge-dialog>`;
  }

  private nameOf(entityId: string): string {
    return entityId === EVERYTHING ? t("all_entities") : nameOf(this.hass, entityId);
  }

  private async decide(answer: Answer): Promise<void> {
    this.busy = true;
    try {
      await this.api.decide(this.request.id, answer);
      tell(this, { text: t(answer === "deny" ? "approval_denied" : "approval_allowed", { name: this.request.key_name }) });
    } catch (error) {
      tell(this, { text: errorText(error) });
    } finally {
      this.closeDialog();
      this.busy = false;
    }
  }

  private closeDialog(): void {
    this.renderRoot.querySelector<DrawbridgeDialog>("drawbridge-dialog")?.close();
  }
}

define("drawbridge-approval-card", ApprovalCard);
