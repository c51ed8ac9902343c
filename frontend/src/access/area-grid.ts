import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Api } from "../api";
import type { AreaAccess, Areas, Counts, Key } from "../contract";
import type { Hass } from "../hass";
import { errorText, number, t } from "../locale";
import { define } from "../ui/define";
import { Loader } from "../ui/loader";
import { shared } from "../ui/styles";
import "./area-entities";
import { gridStyles } from "./grid-styles";

interface Cell {
  area: string | null;
  key: string;
}

/** How many entities of each area each key sees and controls. A cell opens to the entities. */
export class AreaGrid extends LitElement {
  static override styles = [shared, gridStyles];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) keys: Key[] = [];
  @property({ type: Boolean }) narrow = false;
  @property() language = "";

  @state() private opened: Cell | undefined;
  /** The only key that a narrow screen shows. */
  @state() private chosen = "";
  private readonly found = new Loader(this, () => this.api.areas());

  override connectedCallback(): void {
    super.connectedCallback();
    this.found.start();
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has("keys") && changes.get("keys") !== undefined) this.found.refresh();
  }

  protected override render(): TemplateResult {
    const { value, error } = this.found;
    if (error !== undefined) return html`<p class="error" role="alert">${errorText(error)}</p>`;
    if (value === undefined) return html`<p class="faint" role="status">${t("loading")}</p>`;
    const keys = Object.entries(value.keys);
    if (keys.length === 0) return html`<p class="faint">${t("access_no_keys")}</p>`;
    const chosen = keys.filter(([id]) => id === this.chosen);
    const shown = this.narrow ? (chosen.length > 0 ? chosen : keys.slice(0, 1)) : keys;
    return html`
      ${this.narrow && keys.length > 1 ? this.choice(keys, shown[0]?.[0] ?? "") : nothing}
      <div class="card scroll" tabindex="0" role="region" aria-label=${t("access_map_heading")}>
        ${this.table(value, shown)}
      </div>
    `;
  }

  private choice(keys: [string, string][], chosen: string): TemplateResult {
    const choose = (event: Event): void => {
      this.chosen = (event.target as HTMLSelectElement).value;
      this.opened = undefined;
    };
    return html`<label class="field">
      <span>${t("column_key")}</span>
      <select @change=${choose}>
        ${keys.map(([id, name]) => html`<option value=${id} ?selected=${id === chosen}>${name}</option>`)}
      </select>
    </label>`;
  }

  private table(found: Areas, keys: [string, string][]): TemplateResult {
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${t("area")}</th>
          ${keys.map(([, name]) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${found.areas.map((area) => this.row(area, keys))}
      </tbody>
    </table>`;
  }

  private row(area: AreaAccess, keys: [string, string][]): TemplateResult {
    const opened = this.opened?.area === area.area_id ? this.opened : undefined;
    const name = area.name ?? t("no_area");
    return html`
      <tr>
        <th scope="row">${name} <small class="faint">${number(area.entities)}</small></th>
        ${keys.map(([id, key]) => html`<td>${this.cell(area.keys[id], { area: area.area_id, key: id }, name, key)}</td>`)}
      </tr>
      ${opened === undefined
        ? nothing
        : html`<tr>
            <td class="entities" colspan=${keys.length + 1}>
              <drawbridge-area-entities
                .hass=${this.hass}
                .api=${this.api}
                .keys=${this.keys}
                .key=${opened.key}
                .area=${opened.area}
                .heading=${`${keys.find(([id]) => id === opened.key)?.[1] ?? ""} · ${name}`}
                .language=${this.language}
              ></drawbridge-area-entities>
            </td>
          </tr>`}
    `;
  }

  private cell(counts: Counts | undefined, cell: Cell, area: string, key: string): TemplateResult {
    if (counts === undefined || (counts.read === 0 && counts.control === 0)) {
      return html`<span class="faint" aria-label=${t("nothing")}>–</span>`;
    }
    const values = { read: number(counts.read), control: number(counts.control) };
    const isOpen = this.opened?.area === cell.area && this.opened.key === cell.key;
    return html`<button
      class="counts"
      aria-expanded=${isOpen}
      aria-label=${t("access_cell", { ...values, area, key })}
      @click=${() => (this.opened = isOpen ? undefined : cell)}
    >
      <span class="chip accent">${t("reads", values)}</span>
      ${counts.control === 0 ? nothing : html`<span class="chip alert">${t("controls", values)}</span>`}
    </button>`;
  }
}

define("drawbridge-area-grid", AreaGrid);
