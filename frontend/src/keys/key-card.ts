import { mdiClipboardCheckOutline, mdiCompareHorizontal, mdiDelete, mdiKeyChange, mdiPencil, mdiSchool } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import type { Key } from "../contract";
import { dateAndTime, number, plural, relative, t, word } from "../locale";
import { define } from "../ui/define";
import { icon } from "../ui/icon";
import { shared } from "../ui/styles";
import { INTEGRATION } from "./links";

export type KeyTask = "enable" | "disable" | "rotate" | "delete" | "compare" | "proposal" | "policy";

const TONES: Record<string, string | undefined> = {
  connected: "good",
  damaged: "bad",
  expired: "bad",
  expires_soon: "alert",
  learning: "accent",
  temporary: "accent",
  tests_fail: "bad",
};

/** A key. Fires "task" with what to do with it. */
export class KeyCard extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
      }
      article {
        display: flex;
        flex-direction: column;
        gap: 10px;
        padding: 16px;
      }
      header {
        display: flex;
        align-items: start;
        justify-content: space-between;
        gap: 12px;
      }
      h3 {
        overflow-wrap: anywhere;
      }
      .off h3,
      .off dl {
        opacity: 0.65;
      }
      .chips {
        gap: 6px;
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 2px 12px;
      }
      dt {
        color: var(--faint);
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-top: auto;
        padding-top: 4px;
      }
      footer .button {
        padding: 4px 10px;
        font-size: 13px;
      }
      .switch {
        position: relative;
        flex: none;
        width: 44px;
        height: 24px;
        padding: 0;
        border: 0;
        border-radius: 12px;
        background: color-mix(in srgb, var(--faint) 55%, transparent);
        transition: background 120ms;
      }
      .switch::before {
        position: absolute;
        inset-block-start: 3px;
        inset-inline-start: 3px;
        width: 18px;
        height: 18px;
        border-radius: 50%;
        background: #fff;
        content: "";
        transition: inset-inline-start 120ms;
      }
      .switch[aria-checked="true"] {
        background: var(--accent);
      }
      .switch[aria-checked="true"]::before {
        inset-inline-start: 23px;
      }
    `,
  ];

  @property({ attribute: false }) key!: Key;
  @property({ type: Boolean }) comparable = false;
  @property() language = "";

  protected override render(): TemplateResult {
    const { key } = this;
    return html`<article class="card ${key.enabled ? "" : "off"}" aria-labelledby="name">
      <header>
        <h3 id="name">${key.name}</h3>
        ${key.damaged === null
          ? html`<button
              class="switch"
              role="switch"
              aria-checked=${key.enabled}
              aria-label=${t("key_switch", { name: key.name })}
              @click=${() => this.ask(key.enabled ? "disable" : "enable")}
            ></button>`
          : nothing}
      </header>
      ${key.chips.length === 0 ? nothing : html`<div class="row chips">${key.chips.map((chip) => this.chip(chip))}</div>`}
      ${key.damaged === null ? this.facts() : html`<p class="error">${t("key_damaged", { field: key.damaged })}</p>`}
      <footer>
        <a class="button" href=${INTEGRATION}>${icon(mdiPencil, 16)} ${t("edit")}</a>
        ${key.damaged === null ? this.button("rotate", mdiKeyChange) : nothing}
        ${key.damaged === null ? this.button("policy", mdiClipboardCheckOutline) : nothing}
        ${key.learning ? this.button("proposal", mdiSchool) : nothing}
        ${this.comparable && key.damaged === null ? this.button("compare", mdiCompareHorizontal) : nothing}
        ${this.button("delete", mdiDelete)}
      </footer>
    </article>`;
  }

  private facts(): TemplateResult {
    const { key } = this;
    return html`<dl>
      <dt>${t("may")}</dt>
      <dd>${key.capabilities.map((item) => word("capability", item)).join(", ") || t("nothing")}</dd>
      <dt>${t("sees")}</dt>
      <dd>${key.everything ? t("sees_everything", { count: number(key.entities) }) : plural("sees", key.entities)}</dd>
      ${key.services === null
        ? nothing
        : html`<dt>${t("actions")}</dt>
            <dd>${key.services === "*" ? t("all_actions") : plural("actions", key.services.length)}</dd>`}
      <dt>${t("last_used")}</dt>
      <dd title=${key.last_used === null ? "" : dateAndTime(key.last_used)}>
        ${key.last_used === null ? t("never") : relative(key.last_used)}
      </dd>
      <dt>${t("expires")}</dt>
      <dd title=${key.expires === null ? "" : dateAndTime(key.expires)}>
        ${key.expires === null ? t("never") : relative(key.expires)}
      </dd>
    </dl>`;
  }

  private chip(name: string): TemplateResult {
    return html`<span class="chip ${TONES[name] ?? ""}">${this.chipText(name)}</span>`;
  }

  private chipText(name: string): string {
    const { expires, connected, temporary } = this.key;
    if (name === "expires_soon" && expires !== null) return t("chip_expires_soon", { when: relative(expires) });
    if (name === "connected" && connected > 1) return t("chip_connections", { count: number(connected) });
    const ends = Math.min(...temporary.map((item) => item.until));
    if (name === "temporary" && temporary.length > 0) return t("chip_temporary_until", { when: relative(ends) });
    if (name === "tests_fail") return plural("chip_tests_fail", this.key.failing_tests);
    return word("chip", name);
  }

  private button(task: "rotate" | "policy" | "proposal" | "compare" | "delete", path: string): TemplateResult {
    return html`<button class="button ${task === "delete" ? "danger" : ""}" @click=${() => this.ask(task)}>
      ${icon(path, 16)} ${t(`task_${task}`)} <span class="hidden">${this.key.name}</span>
    </button>`;
  }

  private ask(task: KeyTask): void {
    this.dispatchEvent(new CustomEvent("task", { detail: task }));
  }
}

define("drawbridge-key-card", KeyCard);
