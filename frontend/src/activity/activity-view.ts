import { mdiDoorOpen, mdiDownload, mdiPause, mdiPlay } from "@mdi/js";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Api } from "../api";
import type { ActivityRecord, Key } from "../contract";
import { download } from "../download";
import { areaOf, type Hass } from "../hass";
import { number, plural, t } from "../locale";
import { matches, NO_FILTER, signature, toCsv, toJsonLines, type Filter } from "../records";
import { define } from "../ui/define";
import { icon } from "../ui/icon";
import { shared } from "../ui/styles";
import "./activity-filter";
import "./activity-row";
import { listStyles } from "./activity-styles";
import type { ActionNames } from "./describe";
import { Ignored } from "./ignored";

const PAGE = 100;

/** The activity: a live list of requests, the latest first. */
export class ActivityView extends LitElement {
  static override styles = [shared, listStyles];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) actions!: ActionNames;
  /** Oldest first. */
  @property({ attribute: false }) records: ActivityRecord[] = [];
  @property({ attribute: false }) keys: Key[] = [];
  @property({ type: Number }) missed = 0;
  @property({ type: Boolean }) loading = false;
  @property() language = "";

  @state() private filter: Filter = NO_FILTER;
  /** The records when the list was paused. */
  @state() private paused: ActivityRecord[] | undefined;
  @state() private opened: number | undefined;
  @state() private shown = PAGE;
  @state() private withIgnored = false;
  private readonly ignored = new Ignored();
  private rows: ActivityRecord[] = [];
  private hiddenRows = 0;

  protected override willUpdate(): void {
    const area = (entityId: string): string | null => areaOf(this.hass, entityId);
    const found = (this.paused ?? this.records).filter((record) => matches(record, this.filter, area));
    const ignored = found.filter((record) => record.outcome === "refused" && this.ignored.has(signature(record)));
    this.hiddenRows = ignored.length;
    const hidden = new Set(this.withIgnored ? [] : ignored);
    this.rows = found.filter((record) => !hidden.has(record)).reverse();
  }

  protected override render(): TemplateResult {
    return html`
      <div class="tools">
        <drawbridge-activity-filter
          .hass=${this.hass}
          .keys=${this.keys}
          .filter=${this.filter}
          .language=${this.language}
          @filter=${this.setFilter}
        ></drawbridge-activity-filter>
        <div class="row">
          <button class="button" aria-pressed=${this.paused !== undefined} @click=${this.togglePause}>
            ${icon(this.paused === undefined ? mdiPause : mdiPlay)}
            ${t(this.paused === undefined ? "pause" : "resume")}
          </button>
          ${this.exportButton("jsonl", t("export_json"))} ${this.exportButton("csv", t("export_csv"))}
        </div>
      </div>
      ${this.notices()} ${this.rows.length === 0 ? this.empty() : this.list()}
    `;
  }

  private exportButton(kind: "jsonl" | "csv", label: string): TemplateResult {
    return html`<button
      class="button"
      title=${t("export_title")}
      ?disabled=${this.rows.length === 0}
      @click=${() => this.export(kind)}
    >
      ${icon(mdiDownload)} ${label}
    </button>`;
  }

  private notices(): TemplateResult {
    const waiting = this.paused === undefined ? 0 : this.waiting(this.paused);
    return html`
      <div role="status">
        ${this.paused === undefined
          ? nothing
          : html`<p class="notice">${t("paused")} ${waiting === 0 ? "" : plural("waiting", waiting)}</p>`}
      </div>
      ${this.missed === 0 ? nothing : html`<p class="notice">${plural("missed", this.missed)}</p>`}
      ${this.hiddenRows === 0
        ? nothing
        : html`<p class="row faint">
            ${plural("ignored", this.hiddenRows)}
            <button class="button" aria-pressed=${this.withIgnored} @click=${this.toggleIgnored}>
              ${t(this.withIgnored ? "hide" : "show")}
            </button>
            <button class="button" @click=${this.forgetIgnored}>${t("ignore_none")}</button>
          </p>`}
    `;
  }

  private empty(): TemplateResult {
    if (this.loading) return html`<p class="empty" role="status">${t("loading")}</p>`;
    if (this.records.length > 0) return html`<p class="empty">${t("activity_none_match")}</p>`;
    return html`<div class="empty">
      ${icon(mdiDoorOpen)}
      <h2>${t("activity_empty")}</h2>
      <p>${t("activity_empty_hint")}</p>
    </div>`;
  }

  private list(): TemplateResult {
    return html`
      <div class="card">
        <div class="head" aria-hidden="true">
          <span>${t("column_time")}</span><span>${t("column_outcome")}</span><span>${t("column_key")}</span
          ><span>${t("column_what")}</span><span>${t("column_from")}</span>
        </div>
        <ul aria-label=${t("tab_activity")}>
          ${repeat(
            this.rows.slice(0, this.shown),
            (record) => record.id,
            (record) => html`<li>
              <drawbridge-activity-row
                .record=${record}
                .api=${this.api}
                .hass=${this.hass}
                .actions=${this.actions}
                .opened=${this.opened === record.id}
                .language=${this.language}
                @toggle-row=${() => this.toggle(record.id)}
                @ignore=${() => this.ignore(record)}
              ></drawbridge-activity-row>
            </li>`,
          )}
        </ul>
      </div>
      <p class="row foot faint">
        ${t("showing", { shown: number(Math.min(this.shown, this.rows.length)), all: number(this.rows.length) })}
        ${this.rows.length > this.shown
          ? html`<button class="button" @click=${() => (this.shown += PAGE)}>${t("show_more")}</button>`
          : nothing}
      </p>
    `;
  }

  private waiting(paused: ActivityRecord[]): number {
    const known = new Set(paused.map((record) => record.id));
    return this.records.filter((record) => !known.has(record.id)).length;
  }

  private setFilter(event: CustomEvent<Filter>): void {
    this.filter = event.detail;
    this.shown = PAGE;
  }

  private togglePause(): void {
    this.paused = this.paused === undefined ? this.records : undefined;
  }

  private toggle(id: number): void {
    this.opened = this.opened === id ? undefined : id;
  }

  private ignore(record: ActivityRecord): void {
    this.ignored.add(signature(record));
    this.opened = undefined;
    this.requestUpdate();
  }

  private toggleIgnored(): void {
    this.withIgnored = !this.withIgnored;
  }

  private forgetIgnored(): void {
    this.ignored.clear();
    this.requestUpdate();
  }

  private export(kind: "jsonl" | "csv"): void {
    const name = `drawbridge-activity-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.${kind}`;
    const oldestFirst = [...this.rows].reverse();
    if (kind === "csv") download(name, "text/csv", toCsv(oldestFirst));
    else download(name, "application/jsonl", toJsonLines(oldestFirst));
  }
}

define("drawbridge-activity-view", ActivityView);
