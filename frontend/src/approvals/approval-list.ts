import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { ActionNames } from "../activity/describe";
import type { Api } from "../api";
import type { ApprovalRequest } from "../contract";
import type { Hass } from "../hass";
import { plural } from "../locale";
import { define } from "../ui/define";
import { shared } from "../ui/styles";
import "./approval-card";

/** The calls that wait for a person. Shows nothing if there are none. */
export class ApprovalList extends LitElement {
  static override styles = [
    shared,
    css`
      section,
      ul {
        display: grid;
        gap: 10px;
      }
    `,
  ];

  @property({ attribute: false }) requests: ApprovalRequest[] = [];
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) actions!: ActionNames;
  @property() language = "";

  /** When each wait ends, by the clock of the browser, which may differ from that of Home Assistant. */
  private ends = new Map<string, number>();

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (!changes.has("requests")) return;
    const before = this.ends;
    const known = ({ id, seconds_left }: ApprovalRequest): [string, number] => [
      id,
      before.get(id) ?? Date.now() + seconds_left * 1000,
    ];
    this.ends = new Map(this.requests.map(known));
  }

  protected override render(): TemplateResult {
    return html`<div role="alert">
        ${this.requests.length === 0 ? nothing : html`<h2>${plural("approvals", this.requests.length)}</h2>`}
      </div>
      ${this.requests.length === 0 ? nothing : this.list()}`;
  }

  private list(): TemplateResult {
    return html`<ul aria-label=${plural("approvals", this.requests.length)}>
      ${repeat(
        this.requests,
        (request) => request.id,
        (request) => html`<li>
          <drawbridge-approval-card
            .request=${request}
            .ends=${this.ends.get(request.id) ?? 0}
            .api=${this.api}
            .hass=${this.hass}
            .actions=${this.actions}
            .language=${this.language}
          ></drawbridge-approval-card>
        </li>`,
      )}
    </ul>`;
  }
}

define("drawbridge-approval-list", ApprovalList);
