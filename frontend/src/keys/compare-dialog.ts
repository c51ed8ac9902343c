import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { Api } from "../api";
import type { Comparison, Key } from "../contract";
import type { Hass } from "../hass";
import { errorText, t } from "../locale";
import { define } from "../ui/define";
import "../ui/dialog";
import type { DrawbridgeDialog } from "../ui/dialog";
import { part } from "../ui/difference";
import { differenceStyles } from "../ui/difference-styles";
import { shared } from "../ui/styles";

/** What one key may and another may not. */
export class CompareDialog extends LitElement {
  static override styles = [shared, differenceStyles];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) keys: Key[] = [];
  @property() first = "";

  @state() private other = "";
  @state() private found: Comparison | undefined;
  @state() private error: unknown;
  @query("drawbridge-dialog") private readonly dialog!: DrawbridgeDialog;

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (changes.has("first") && (this.other === "" || this.other === this.first)) {
      this.other = this.keys.find((key) => key.id !== this.first)?.id ?? "";
    }
  }

  protected override firstUpdated(): void {
    void this.load();
  }

  protected override render(): TemplateResult {
    return html`<drawbridge-dialog heading=${t("compare")} @closed=${this.closed}>
      <div class="row">
        ${this.choice(t("compare_first"), this.first, this.other, (id) => (this.first = id))}
        ${this.choice(t("compare_second"), this.other, this.first, (id) => (this.other = id))}
      </div>
      ${this.error === undefined ? nothing : html`<p class="error" role="alert">${errorText(this.error)}</p>`}
      ${this.found === undefined ? nothing : this.result(this.found)}
      <button slot="actions" class="button main" @click=${() => this.dialog.close()}>${t("close")}</button>
    </drawbridge-dialog>`;
  }

  private choice(label: string, chosen: string, taken: string, choose: (id: string) => void): TemplateResult {
    const changed = (event: Event): void => {
      choose((event.target as HTMLSelectElement).value);
      void this.load();
    };
    return html`<label class="field">
      <span>${label}</span>
      <select @change=${changed}>
        ${this.keys
          .filter((key) => key.id !== taken)
          .map((key) => html`<option value=${key.id} ?selected=${key.id === chosen}>${key.name}</option>`)}
      </select>
    </label>`;
  }

  private result(found: Comparison): TemplateResult {
    const only = (id: string): string => t("only", { name: this.keys.find((key) => key.id === id)?.name ?? "" });
    return html`
      ${part(this.hass, only(this.first), found.only_first, "+", "good")}
      ${part(this.hass, only(this.other), found.only_second, "+", "accent")}
      ${part(this.hass, t("both"), found.both, "=", "")}
    `;
  }

  private async load(): Promise<void> {
    const { first, other } = this;
    this.error = undefined;
    try {
      const found = await this.api.compare(first, other);
      if (first === this.first && other === this.other) this.found = found;
    } catch (error) {
      this.found = undefined;
      this.error = error;
    }
  }

  private closed(): void {
    this.dispatchEvent(new CustomEvent("closed"));
  }
}

define("drawbridge-compare-dialog", CompareDialog);
