import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import { ActionNames, deed, things } from "../activity/describe";
import type { Api } from "../api";
import type { Lists, Preview, Replay, ReplayedChange } from "../contract";
import type { Hass } from "../hass";
import { policyText } from "../keys/policy-text";
import { dateAndTime, number, plural, t, word } from "../locale";
import { define } from "./define";
import { Loader } from "./loader";
import { shared } from "./styles";

const TONES: Record<string, string | undefined> = { refused: "bad", partly: "alert", allowed: "good" };

/**
 * What a change of a key would do: the policy tests that it breaks, and what becomes of recorded requests.
 * Fires "previewed" with whether it breaks any.
 */
export class ChangePreview extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 6px;
      }
      ul {
        display: grid;
        gap: 4px;
      }
      li {
        overflow-wrap: anywhere;
      }
      summary {
        width: fit-content;
        cursor: pointer;
      }
      details ul {
        max-height: 220px;
        margin-top: 6px;
        overflow: auto;
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) keyId = "";
  /** What the change adds. Without it, the change is what learn mode proposes. */
  @property({ attribute: false }) adds: Lists | undefined;
  @property({ attribute: false }) actions = new ActionNames();

  private readonly loader = new Loader<Preview>(this, () => this.ask());

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (changes.has("keyId") || changes.has("adds")) this.loader.start();
  }

  protected override render(): TemplateResult | typeof nothing {
    const found = this.loader.value;
    // The change itself says what is wrong with it.
    if (this.loader.error !== undefined) return nothing;
    if (found === undefined) return html`<p class="faint" role="status">${t("loading")}</p>`;
    return html`${this.broken(found)} ${this.replay(found.replay)}`;
  }

  private broken({ broken }: Preview): TemplateResult | typeof nothing {
    if (broken.length === 0) return nothing;
    return html`<div class="error" role="alert">
      <p>${t("preview_broken")}</p>
      <ul>
        ${broken.map((item) => html`<li>✕ ${policyText(this.hass, item.test)} <span lang="en">(${item.rule})</span></li>`)}
      </ul>
    </div>`;
  }

  private replay(replay: Replay): TemplateResult {
    const { requests, since, changes, more } = replay;
    if (requests === 0 || since === null) return html`<p class="faint">${t("replay_empty")}</p>`;
    const counts = (["refused", "partly", "allowed"] as const).filter((name) => replay[name] > 0);
    const told = counts.map((name) => plural(`replay_${name}`, replay[name])).join(", ");
    const of = plural("replay_of", requests, { since: dateAndTime(since) });
    if (counts.length === 0) return html`<p class="replay">${of} ${t("replay_same")}</p>`;
    return html`<details>
      <summary class="replay">${of} ${told}.</summary>
      <ul>
        ${changes.map((change) => this.line(change))} ${more > 0 ? html`<li>${plural("and_more", more)}</li>` : nothing}
      </ul>
    </details>`;
  }

  private line(change: ReplayedChange): TemplateResult {
    return html`<li>
      <span class="chip ${TONES[change.outcome] ?? ""}">${word("replayed", change.outcome)}</span>
      ${number(change.count)} × ${deed(change, this.actions)}${things(change) === "" ? "" : `: ${things(change)}`}
      <span class="faint" lang="en">(${change.rule})</span>
    </li>`;
  }

  private async ask(): Promise<Preview> {
    const found = await this.api.preview(this.keyId, this.adds);
    this.dispatchEvent(new CustomEvent("previewed", { detail: found.broken.length > 0 }));
    return found;
  }
}

define("drawbridge-preview", ChangePreview);
