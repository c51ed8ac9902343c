import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Api } from "../api";
import type { ActivityRecord, Change, Explanation } from "../contract";
import type { Hass } from "../hass";
import { errorText, t } from "../locale";
import { define } from "../ui/define";
import { additions } from "../ui/difference";
import { differenceStyles } from "../ui/difference-styles";
import "../ui/dialog";
import type { DrawbridgeDialog } from "../ui/dialog";
import { tell } from "../ui/events";
import "../ui/preview";
import { sayAll } from "../ui/sentence";
import { shared } from "../ui/styles";

const HOUR = 3600;

/** Why a request was refused, and the smallest change that would allow it. Fires "ignore". */
export class RefusalExplanation extends LitElement {
  static override styles = [
    shared,
    differenceStyles,
    css`
      :host,
      .change {
        display: grid;
        gap: 8px;
      }
    `,
  ];

  @property({ attribute: false }) record!: ActivityRecord;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) hass!: Hass;
  @property() language = "";

  @state() private found: Explanation | undefined;
  @state() private error: unknown;
  @state() private busy = false;
  /** Whether the change breaks policy tests of the key. Then it would be refused. */
  @state() private breaks = false;
  /** A broad change that waits for a second yes, and for how long it would hold. */
  @state() private asked: { change: Change; seconds?: number } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override render(): TemplateResult {
    if (this.error !== undefined) {
      return html`<p class="error" role="alert">${errorText(this.error)}</p>
        <div class="row">
          <button class="button" @click=${this.load}>${t("retry")}</button>${this.ignoreButton()}
        </div>`;
    }
    if (this.found === undefined) return html`<p class="faint" role="status">${t("loading")}</p>`;
    const { rule_sentences, allowed_now, changes, why_none_sentences } = this.found;
    return html`
      ${allowed_now
        ? html`<p class="row"><span class="chip good">${t("allowed_now")}</span></p>`
        : html`<h3>${t("why")}</h3>
            <p>${sayAll(this.hass, rule_sentences)}</p>`}
      ${changes.map((change) => this.change(change))}
      ${why_none_sentences.length === 0 || allowed_now
        ? nothing
        : html`<p class="faint">${sayAll(this.hass, why_none_sentences)}</p>`}
      ${changes.length > 0 || allowed_now ? nothing : html`<div class="row">${this.ignoreButton()}</div>`}
      ${this.asked === undefined ? nothing : this.question(this.asked.change, this.asked.seconds)}
    `;
  }

  private change(change: Change): TemplateResult {
    return html`<div class="change">
      <h3>${t("smallest_change")}</h3>
      ${additions(this.hass, change.adds)}
      ${this.beyond(change)}
      <drawbridge-preview
        .api=${this.api}
        .hass=${this.hass}
        .keyId=${this.record.key_id ?? ""}
        .adds=${change.adds}
        @previewed=${(event: CustomEvent<boolean>) => (this.breaks = event.detail)}
      ></drawbridge-preview>
      <div class="row">
        <button class="button main" ?disabled=${this.busy || this.breaks} @click=${() => this.allow(change)}>${t("allow")}</button>
        <button class="button" ?disabled=${this.busy || this.breaks} @click=${() => this.allow(change, HOUR)}>
          ${t("allow_hour")}
        </button>
        ${this.ignoreButton()}
      </div>
    </div>`;
  }

  private beyond({ beyond }: Change): TemplateResult | typeof nothing {
    return beyond.length === 0 ? nothing : html`<p>${sayAll(this.hass, beyond)}</p>`;
  }

  private ignoreButton(): TemplateResult {
    return html`<button class="button" title=${t("ignore_hint")} @click=${this.ignore}>${t("ignore")}</button>`;
  }

  private question(change: Change, seconds?: number): TemplateResult {
    return html`<drawbridge-dialog heading=${t("broad_heading")} @closed=${() => (this.asked = undefined)}>
      <p>${t("broad", { name: this.record.key_name ?? "" })}</p>
      ${additions(this.hass, change.adds)}
      ${this.beyond(change)}
      <button slot="actions" class="button" @click=${this.closeDialog}>${t("cancel")}</button>
      <button slot="actions" class="button main" @click=${() => this.make(change, seconds)}>
        ${t(seconds === undefined ? "allow" : "allow_hour")}
      </button>
    </drawbridge-dialog>`;
  }

  private readonly load = async (): Promise<void> => {
    this.error = undefined;
    this.breaks = false;
    try {
      this.found = await this.api.explain(this.record.id);
    } catch (error) {
      this.error = error;
    }
  };

  private async allow(change: Change, seconds?: number): Promise<void> {
    if (change.broad) this.asked = seconds === undefined ? { change } : { change, seconds };
    else await this.make(change, seconds);
  }

  private async make(change: Change, seconds?: number): Promise<void> {
    this.closeDialog();
    this.busy = true;
    try {
      await this.api.allow(this.record.id, change.id, seconds);
      const name = this.record.key_name ?? "";
      tell(this, { text: t(seconds === undefined ? "allowed" : "allowed_hour", { name }) });
      await this.load();
    } catch (error) {
      tell(this, { text: errorText(error) });
    } finally {
      this.busy = false;
    }
  }

  private closeDialog(): void {
    this.renderRoot.querySelector<DrawbridgeDialog>("drawbridge-dialog")?.close();
  }

  private ignore(): void {
    this.dispatchEvent(new CustomEvent("ignore", { bubbles: true, composed: true }));
  }
}

define("drawbridge-explanation", RefusalExplanation);
