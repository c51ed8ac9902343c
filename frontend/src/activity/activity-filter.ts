import { css, html, LitElement, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import type { Key, Outcome } from "../contract";
import type { Hass } from "../hass";
import { t, word } from "../locale";
import { NO_KEY, type Filter } from "../records";
import { define } from "../ui/define";
import { shared } from "../ui/styles";

const OUTCOMES: (Outcome | "")[] = ["", "allowed", "refused", "failed"];

/** What the list shows. Fires "filter" with the new filter. */
export class ActivityFilter extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 8px;
      }
      select,
      input {
        width: 168px;
      }
      .segments {
        display: flex;
        border: 1px solid var(--line);
        border-radius: 8px;
        overflow: hidden;
      }
      .segments button {
        min-height: 34px;
        padding: 4px 12px;
        border: 0;
        background: var(--card-background-color, #fff);
      }
      .segments button + button {
        border-inline-start: 1px solid var(--line);
      }
      .segments button[aria-pressed="true"] {
        background: var(--accent);
        color: var(--text-primary-color, #fff);
      }
      .segments button:focus-visible {
        outline-offset: -3px;
      }
      @media (max-width: 600px) {
        label.field {
          flex: 1 1 40%;
        }
        .segments {
          flex: 1 1 100%;
        }
        .segments button {
          flex: 1;
          padding: 4px 6px;
        }
        select,
        input {
          width: 100%;
        }
      }
    `,
  ];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) keys: Key[] = [];
  @property({ attribute: false }) filter!: Filter;
  @property() language = "";

  protected override render(): TemplateResult {
    return html`
      <div class="segments" role="group" aria-label=${t("column_outcome")}>
        ${OUTCOMES.map(
          (outcome) =>
            html`<button aria-pressed=${this.filter.outcome === outcome} @click=${() => this.change({ outcome })}>
              ${outcome === "" ? t("all") : word("outcome", outcome)}
            </button>`,
        )}
      </div>
      <label class="field">
        <span>${t("column_key")}</span>
        <select @change=${(event: Event) => this.change({ key: valueOf(event) })}>
          <option value="">${t("all_keys")}</option>
          ${this.keys.map((key) => this.option(key.id, key.name, this.filter.key))}
          ${this.option(NO_KEY, t("no_key"), this.filter.key)}
        </select>
      </label>
      <label class="field">
        <span>${t("area")}</span>
        <select @change=${(event: Event) => this.change({ area: valueOf(event) })}>
          <option value="">${t("all_areas")}</option>
          ${this.areas().map(([id, name]) => this.option(id, name, this.filter.area))}
        </select>
      </label>
      <label class="field">
        <span>${t("search")}</span>
        <input
          type="search"
          placeholder=${t("search_hint")}
          .value=${this.filter.text}
          @input=${(event: Event) => this.change({ text: valueOf(event) })}
        />
      </label>
    `;
  }

  private option(value: string, label: string, chosen: string): TemplateResult {
    return html`<option value=${value} ?selected=${value === chosen}>${label}</option>`;
  }

  private areas(): [string, string][] {
    return Object.entries(this.hass.areas ?? {})
      .map(([id, area]): [string, string] => [id, area?.name ?? id])
      .sort((one, other) => one[1].localeCompare(other[1]));
  }

  private change(part: Partial<Filter>): void {
    this.dispatchEvent(new CustomEvent("filter", { detail: { ...this.filter, ...part } }));
  }
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}

define("drawbridge-activity-filter", ActivityFilter);
