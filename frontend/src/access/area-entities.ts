import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import type { Api } from "../api";
import type { EntityAccess, Key } from "../contract";
import type { Hass } from "../hass";
import { errorText, plural, t } from "../locale";
import { define } from "../ui/define";
import { Loader } from "../ui/loader";
import { say } from "../ui/sentence";
import { shared } from "../ui/styles";
import { rights } from "./rights";

/** The entities of an area that a key reaches, and by which rule. Fires "entity" when one is chosen. */
export class AreaEntities extends LitElement {
  static override styles = [
    shared,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr));
        gap: 8px 24px;
        margin-top: 8px;
      }
      li {
        display: grid;
        gap: 2px;
        align-content: start;
        overflow-wrap: anywhere;
      }
      button {
        padding: 0;
        border: 0;
        background: none;
        font-weight: 500;
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--line);
        text-underline-offset: 3px;
      }
    `,
  ];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) keys: Key[] = [];
  @property() key = "";
  @property() area: string | null = null;
  @property() heading = "";
  @property() language = "";

  private readonly found = new Loader(this, () => this.api.accessOfKey(this.key));

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has("key")) this.found.start();
    else if (changes.has("keys")) this.found.refresh();
  }

  protected override render(): TemplateResult {
    return html`<h3>${this.heading}</h3>
      ${this.content()}`;
  }

  private content(): TemplateResult {
    const { value, error } = this.found;
    if (error !== undefined) return html`<p class="error" role="alert">${errorText(error)}</p>`;
    if (value === undefined) return html`<p class="faint" role="status">${t("loading")}</p>`;
    const shown = value.entities.filter((entity) => entity.area_id === this.area);
    return html`<ul>
        ${shown.map((entity) => this.line(entity))}
      </ul>
      ${value.more === 0 ? "" : html`<p class="faint">${plural("and_more", value.more)}</p>`}`;
  }

  private line(entity: EntityAccess): TemplateResult {
    const choose = (): boolean =>
      this.dispatchEvent(new CustomEvent("entity", { detail: entity.entity_id, bubbles: true, composed: true }));
    return html`<li>
      <span class="row">
        <button title=${t("access_who", { name: entity.name ?? entity.entity_id })} @click=${choose}>
          ${entity.name ?? entity.entity_id}
        </button>
        ${rights(entity)}
      </span>
      <code class="faint">${entity.entity_id}</code>
      <small class="faint">${say(this.hass, entity.rule_sentence)}</small>
    </li>`;
  }
}

define("drawbridge-area-entities", AreaEntities);
