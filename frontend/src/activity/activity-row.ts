import { mdiChevronDown } from "@mdi/js";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import type { Api } from "../api";
import type { ActivityRecord } from "../contract";
import type { Hass } from "../hass";
import { dateAndTime, moment, number, plural, t, word } from "../locale";
import { define } from "../ui/define";
import { icon } from "../ui/icon";
import { shared } from "../ui/styles";
import { rowStyles } from "./activity-styles";
import { deed, reason, things, type ActionNames } from "./describe";
import "./explanation";

const TONES = { allowed: "good", refused: "bad", failed: "alert" };

/** One record. It opens to its details, and for a refusal to the rule that decided. */
export class ActivityRow extends LitElement {
  static override styles = [shared, rowStyles];

  @property({ attribute: false }) record!: ActivityRecord;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) actions!: ActionNames;
  @property({ type: Boolean, reflect: true }) opened = false;
  @property() language = "";

  protected override render(): TemplateResult {
    const { record } = this;
    const why = reason(record);
    const on = things(record);
    return html`
      <button class="line" aria-expanded=${this.opened} aria-controls="details" @click=${this.toggle}>
        <span class="time">${moment(record.time)}</span>
        <span class="outcome"><span class="chip ${TONES[record.outcome]}">${word("outcome", record.outcome)}</span></span>
        <span class="key">${record.key_name ?? t("no_key")}</span>
        <span class="what">
          ${deed(record, this.actions)}${on === "" ? "" : html`: <strong>${on}</strong>`}
          ${record.count > 1 ? html`<span class="faint">× ${number(record.count)}</span>` : nothing}
          ${why === "" ? nothing : html`<small>${why}</small>`}
        </span>
        <span class="from faint">${record.address}</span>
        <span class="arrow">${icon(mdiChevronDown)}</span>
      </button>
      <div id="details">${this.opened ? this.details() : nothing}</div>
    `;
  }

  private details(): TemplateResult {
    const { record } = this;
    const all = record.subject.entities;
    return html`<div class="details">
      ${record.outcome === "refused"
        ? html`<drawbridge-explanation
            .record=${record}
            .api=${this.api}
            .hass=${this.hass}
            .language=${this.language}
          ></drawbridge-explanation>`
        : nothing}
      <dl>
        <dt>${t("column_time")}</dt>
        <dd>${dateAndTime(record.time)}</dd>
        <dt>${t("request")}</dt>
        <dd><code>${record.method} ${record.route}</code> → ${record.status}</dd>
        ${record.subject.action === null
          ? nothing
          : html`<dt>${t("action")}</dt>
              <dd><code>${record.subject.action}</code></dd>`}
        ${all.length === 0
          ? nothing
          : html`<dt>${t("entities")}</dt>
              <dd>
                ${all.map((entity, index) => html`${index === 0 ? "" : ", "}<code>${entity.entity_id}</code>`)}
                ${record.subject.more === 0 ? "" : plural("and_more", record.subject.more)}
              </dd>`}
        <dt>${t("column_from")}</dt>
        <dd>${record.address}</dd>
        <dt>${t("request_id")}</dt>
        <dd><code>${record.request_id}</code></dd>
      </dl>
    </div>`;
  }

  private toggle(): void {
    this.dispatchEvent(new CustomEvent("toggle-row"));
  }
}

define("drawbridge-activity-row", ActivityRow);
