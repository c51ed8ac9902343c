import { mdiContentCopy } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { Api } from "../api";
import type { Key, NewSecret } from "../contract";
import { copy } from "../download";
import { errorText, t, type TextKey } from "../locale";
import { define } from "../ui/define";
import "../ui/dialog";
import type { DrawbridgeDialog } from "../ui/dialog";
import { icon } from "../ui/icon";
import { shared } from "../ui/styles";

const OVERLAPS: [number, TextKey][] = [
  [0, "overlap_none"],
  [3600, "overlap_hour"],
  [86_400, "overlap_day"],
  [604_800, "overlap_week"],
];
const DAY = 86_400;

/** Replaces the secret of a key, and shows the new one once. */
export class RotateDialog extends LitElement {
  static override styles = [
    shared,
    css`
      .copyable {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 4px 4px 4px 12px;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      .copyable code {
        flex: 1;
        white-space: pre-wrap;
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) key!: Key;

  @state() private overlap = DAY;
  @state() private made: NewSecret | undefined;
  @state() private error: unknown;
  @state() private busy = false;
  @state() private copied = "";
  @query("drawbridge-dialog") private readonly dialog!: DrawbridgeDialog;

  protected override render(): TemplateResult {
    const heading = t("rotate_heading", { name: this.key.name });
    return html`<drawbridge-dialog heading=${heading} ?locked=${this.made !== undefined || this.busy} @closed=${this.closed}>
      ${this.made === undefined ? this.choice() : this.secret(this.made)}
    </drawbridge-dialog>`;
  }

  private choice(): TemplateResult {
    return html`
      <p>${t("rotate_text")}</p>
      <label class="field">
        <span>${t("overlap")}</span>
        <select @change=${this.choose}>
          ${OVERLAPS.map(
            ([seconds, label]) =>
              html`<option value=${seconds} ?selected=${seconds === this.overlap}>${t(label)}</option>`,
          )}
        </select>
      </label>
      ${this.error === undefined ? nothing : html`<p class="error" role="alert">${errorText(this.error)}</p>`}
      <button slot="actions" class="button" @click=${() => this.dialog.close()}>${t("cancel")}</button>
      <button slot="actions" class="button main" ?disabled=${this.busy} @click=${this.rotate}>
        ${t("task_rotate")}
      </button>
    `;
  }

  private secret(made: NewSecret): TemplateResult {
    const [url = ""] = made.urls;
    const command = `curl -H "Authorization: Bearer ${made.secret}" ${url}/api/states`;
    return html`
      <p role="status"><strong>${t("secret_once")}</strong></p>
      ${this.copyable(t("secret"), made.secret)}
      ${made.urls.map((address) => this.copyable(t("address"), address))}
      ${url === "" ? nothing : this.copyable(t("try_it"), command)}
      <span role="status" class="faint">${this.copied}</span>
      <button slot="actions" class="button main" @click=${() => this.dialog.close()}>${t("secret_done")}</button>
    `;
  }

  private copyable(label: string, text: string): TemplateResult {
    return html`<div>
      <div class="faint">${label}</div>
      <div class="copyable">
        <code>${text}</code>
        <button class="icon-button" aria-label=${t("copy", { what: label })} @click=${() => this.copy(label, text)}>
          ${icon(mdiContentCopy)}
        </button>
      </div>
    </div>`;
  }

  private async copy(label: string, text: string): Promise<void> {
    const done = await copy(text, this.dialog);
    this.copied = t(done ? "copied" : "not_copied", { what: label });
  }

  private choose(event: Event): void {
    this.overlap = Number((event.target as HTMLSelectElement).value);
  }

  private async rotate(): Promise<void> {
    this.busy = true;
    this.error = undefined;
    try {
      this.made = await this.api.rotate(this.key.id, this.overlap);
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  private closed(): void {
    this.made = undefined;
    this.dispatchEvent(new CustomEvent("closed"));
  }
}

define("drawbridge-rotate-dialog", RotateDialog);
