import { css, html, LitElement, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Api } from "../api";
import type { Key } from "../contract";
import type { Hass } from "../hass";
import { t } from "../locale";
import { define } from "../ui/define";
import { shared } from "../ui/styles";
import "./area-grid";
import "./entity-access";

/** Who can reach what: by area, and for one entity. */
export class AccessView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 24px;
      }
      section {
        display: grid;
        gap: 8px;
        min-width: 0;
      }
    `,
  ];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) keys: Key[] = [];
  @property({ type: Boolean }) narrow = false;
  @property() language = "";

  @state() private entity = "";

  protected override render(): TemplateResult {
    return html`
      <section aria-labelledby="who">
        <h2 id="who">${t("access_entity_heading")}</h2>
        <p class="faint">${t("access_entity_text")}</p>
        <drawbridge-entity-access
          .hass=${this.hass}
          .api=${this.api}
          .keys=${this.keys}
          .entity=${this.entity}
          .language=${this.language}
          @entity=${(event: CustomEvent<string>) => (this.entity = event.detail)}
        ></drawbridge-entity-access>
      </section>
      <section aria-labelledby="map">
        <h2 id="map">${t("access_map_heading")}</h2>
        <p class="faint">${t("access_map_text")}</p>
        <drawbridge-area-grid
          .hass=${this.hass}
          .api=${this.api}
          .keys=${this.keys}
          .narrow=${this.narrow}
          .language=${this.language}
          @entity=${(event: CustomEvent<string>) => (this.entity = event.detail)}
        ></drawbridge-area-grid>
      </section>
    `;
  }
}

define("drawbridge-access-view", AccessView);
