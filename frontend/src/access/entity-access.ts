import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import type { Api } from "../api";
import type { Key, KeyAccess } from "../contract";
import { areaName, areaOf, nameOf, type Hass } from "../hass";
import { errorText, t } from "../locale";
import { define } from "../ui/define";
import "../ui/entity-picker";
import { Loader } from "../ui/loader";
import { say } from "../ui/sentence";
import { shared } from "../ui/styles";
import { rights } from "./rights";

/** Which keys reach an entity, and by which rule. Fires "entity" when another one is chosen. */
export class EntityAccess extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      drawbridge-entity-picker {
        max-width: 420px;
      }
      .card {
        padding: 12px 16px;
      }
      li {
        display: grid;
        gap: 2px;
        padding: 8px 0;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
    `,
  ];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) keys: Key[] = [];
  @property() entity = "";
  @property() language = "";

  private readonly found = new Loader(this, () => this.api.accessOfEntity(this.entity));

  protected override updated(changes: PropertyValues<this>): void {
    if (this.entity === "") return;
    if (changes.has("entity")) {
      this.found.start();
      this.scrollIntoView({ block: "nearest" });
    } else if (changes.has("keys")) this.found.refresh();
  }

  protected override render(): TemplateResult {
    return html`
      <drawbridge-entity-picker .hass=${this.hass} .label=${t("entity")} @picked=${this.pick}></drawbridge-entity-picker>
      <div role="status">${this.entity === "" ? nothing : this.answer()}</div>
    `;
  }

  private answer(): TemplateResult {
    const { value, error } = this.found;
    if (error !== undefined) return html`<p class="error">${errorText(error)}</p>`;
    if (value === undefined) return html`<p class="faint">${t("loading")}</p>`;
    const area = areaOf(this.hass, this.entity);
    const reaching = value.filter((key) => key.read || key.control || key.history);
    const others = value.filter((key) => !reaching.includes(key));
    return html`<div class="card">
      <h3>${nameOf(this.hass, this.entity)}</h3>
      <p class="faint">
        <code>${this.entity}</code>${area === null ? "" : ` · ${areaName(this.hass, area)}`}
      </p>
      ${reaching.length === 0
        ? html`<p>${t("access_nobody")}</p>`
        : html`<ul>
            ${reaching.map((key) => this.line(key))}
          </ul>`}
      ${others.length === 0
        ? nothing
        : html`<p class="faint">${t("right_none")}: ${others.map((key) => `${key.name} (${say(this.hass, key.rule_sentence)})`).join(", ")}</p>`}
    </div>`;
  }

  private line(key: KeyAccess): TemplateResult {
    return html`<li>
      <span class="row">
        <strong>${key.name}</strong> ${rights(key)}
        ${key.enabled ? nothing : html`<span class="chip">${t("chip_off")}</span>`}
      </span>
      <span class="faint">${say(this.hass, key.rule_sentence)}</span>
    </li>`;
  }

  private pick(event: CustomEvent<string>): void {
    this.dispatchEvent(new CustomEvent("entity", { detail: event.detail }));
  }
}

define("drawbridge-entity-access", EntityAccess);
