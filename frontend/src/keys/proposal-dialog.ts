import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { Api } from "../api";
import type { Key, Proposal } from "../contract";
import type { Hass } from "../hass";
import { dateAndTime, errorText, plural, t } from "../locale";
import { define } from "../ui/define";
import "../ui/dialog";
import type { DrawbridgeDialog } from "../ui/dialog";
import { part } from "../ui/difference";
import { differenceStyles } from "../ui/difference-styles";
import "../ui/preview";
import { shared } from "../ui/styles";
import { INTEGRATION } from "./links";

/** What learn mode found: used, refused, unused. */
export class ProposalDialog extends LitElement {
  static override styles = [shared, differenceStyles];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) key!: Key;

  @state() private found: Proposal | undefined;
  @state() private error: unknown;
  @query("drawbridge-dialog") private readonly dialog!: DrawbridgeDialog;

  protected override firstUpdated(): void {
    void this.load();
  }

  protected override render(): TemplateResult {
    return html`<drawbridge-dialog heading=${t("proposal_heading", { name: this.key.name })} @closed=${this.closed}>
      ${this.content()}
      <button slot="actions" class="button" @click=${() => this.dialog.close()}>${t("close")}</button>
      ${this.found === undefined
        ? nothing
        : html`<a slot="actions" class="button main" href=${INTEGRATION}>${t("proposal_review")}</a>`}
    </drawbridge-dialog>`;
  }

  private content(): TemplateResult {
    if (this.error !== undefined) return html`<p role="alert">${this.problem(this.error)}</p>`;
    if (this.found === undefined) return html`<p class="faint" role="status">${t("loading")}</p>`;
    const { used, refused, unused, doubtful, left_out, since, requests, keep_scope } = this.found;
    const more = { capabilities: [], entities: left_out, services: doubtful, events: [] };
    return html`
      <p>${plural("proposal_requests", requests, { since: dateAndTime(since) })}</p>
      ${part(this.hass, t("proposal_used"), used, "=", "good")}
      ${doubtful.length + left_out.length === 0 ? nothing : part(this.hass, t("proposal_left_out"), more, "×", "alert")}
      ${part(this.hass, t("proposal_refused"), refused, "×", "bad")}
      ${part(this.hass, t("proposal_unused"), unused, "−", "alert")}
      <drawbridge-preview .api=${this.api} .hass=${this.hass} .keyId=${this.key.id}></drawbridge-preview>
      ${keep_scope ? html`<p class="notice">${t("proposal_keep_scope")}</p>` : nothing}
    `;
  }

  private problem(error: unknown): string {
    const nothingYet = typeof error === "object" && error !== null && "code" in error && error.code === "not_found";
    return nothingYet ? t("proposal_none") : errorText(error);
  }

  private async load(): Promise<void> {
    try {
      this.found = await this.api.proposal(this.key.id);
    } catch (error) {
      this.error = error;
    }
  }

  private closed(): void {
    this.dispatchEvent(new CustomEvent("closed"));
  }
}

define("drawbridge-proposal-dialog", ProposalDialog);
