import { mdiCompareHorizontal, mdiKeyPlus, mdiKeyVariant } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Api } from "../api";
import type { Key } from "../contract";
import type { Hass } from "../hass";
import { errorText, t } from "../locale";
import { define } from "../ui/define";
import { tell } from "../ui/events";
import { icon } from "../ui/icon";
import { shared } from "../ui/styles";
import "./compare-dialog";
import type { KeyTask } from "./key-card";
import "./key-card";
import "./policy-dialog";
import "./proposal-dialog";
import "./rotate-dialog";
import { INTEGRATION } from "./links";

/** All keys, with their state, and what can be done with them. */
export class KeysView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 16px;
      }
      .tools {
        justify-content: flex-end;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr));
        gap: 12px;
      }
      li {
        display: grid;
      }
    `,
  ];

  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) keys: Key[] = [];
  @property({ type: Boolean }) loading = false;
  @property() language = "";

  @state() private task: { name: Exclude<KeyTask, "enable" | "disable" | "delete">; key: Key } | undefined;

  protected override render(): TemplateResult {
    if (this.keys.length === 0) return this.empty();
    return html`
      <div class="row tools">
        ${this.keys.length < 2
          ? nothing
          : html`<button class="button" @click=${this.compareFirst}>${icon(mdiCompareHorizontal)} ${t("compare")}</button>`}
        <a class="button main" href=${INTEGRATION}>${icon(mdiKeyPlus)} ${t("add_key")}</a>
      </div>
      <ul aria-label=${t("tab_keys")}>
        ${repeat(
          this.keys,
          (key) => key.id,
          (key) => html`<li>
            <drawbridge-key-card
              .key=${key}
              .comparable=${this.keys.length > 1}
              .language=${this.language}
              @task=${(event: CustomEvent<KeyTask>) => this.begin(event.detail, key)}
            ></drawbridge-key-card>
          </li>`,
        )}
      </ul>
      ${this.dialog()}
    `;
  }

  private empty(): TemplateResult {
    if (this.loading) return html`<p class="empty" role="status">${t("loading")}</p>`;
    return html`<div class="empty">
      ${icon(mdiKeyVariant)}
      <h2>${t("keys_empty")}</h2>
      <p>${t("keys_empty_hint")}</p>
      <a class="button main" href=${INTEGRATION}>${icon(mdiKeyPlus)} ${t("add_key")}</a>
    </div>`;
  }

  private dialog(): TemplateResult | typeof nothing {
    if (this.task === undefined) return nothing;
    const { name, key } = this.task;
    const closed = (): void => {
      this.task = undefined;
    };
    switch (name) {
      case "rotate":
        return html`<drawbridge-rotate-dialog .api=${this.api} .key=${key} @closed=${closed}></drawbridge-rotate-dialog>`;
      case "compare":
        return html`<drawbridge-compare-dialog
          .api=${this.api}
          .hass=${this.hass}
          .keys=${this.keys}
          .first=${key.id}
          @closed=${closed}
        ></drawbridge-compare-dialog>`;
      case "policy":
        return html`<drawbridge-policy-dialog
          .api=${this.api}
          .hass=${this.hass}
          .key=${key}
          .keys=${this.keys}
          @closed=${closed}
        ></drawbridge-policy-dialog>`;
      case "proposal":
        return html`<drawbridge-proposal-dialog
          .api=${this.api}
          .hass=${this.hass}
          .key=${key}
          @closed=${closed}
        ></drawbridge-proposal-dialog>`;
    }
  }

  private compareFirst(): void {
    const [first] = this.keys;
    if (first !== undefined) this.task = { name: "compare", key: first };
  }

  private async begin(task: KeyTask, key: Key): Promise<void> {
    try {
      if (task === "enable" || task === "disable") await this.setEnabled(key, task === "enable");
      else if (task === "delete") await this.delete(key);
      else this.task = { name: task, key };
    } catch (error) {
      tell(this, { text: errorText(error) });
      // A switch that was pressed shows again what is true.
      this.keys = [...this.keys.map((item) => ({ ...item }))];
    }
  }

  private async setEnabled(key: Key, enabled: boolean): Promise<void> {
    await this.api.setEnabled(key.id, enabled);
    tell(this, { text: t(enabled ? "key_enabled" : "key_disabled", { name: key.name }) });
  }

  private async delete(key: Key): Promise<void> {
    const { undo, until } = await this.api.delete(key.id);
    const restore = async (): Promise<void> => {
      await this.api.undo(undo);
      tell(this, { text: t("key_restored", { name: key.name }) });
    };
    tell(this, { text: t("key_deleted", { name: key.name }), action: { label: t("undo"), run: restore }, until });
  }
}

define("drawbridge-keys-view", KeysView);
