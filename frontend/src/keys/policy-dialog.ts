import { mdiClose, mdiPlus } from "@mdi/js";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import type { Api } from "../api";
import type { Key, PolicyResult, PolicyResults, PolicyTest } from "../contract";
import { areaName, areaOf, nameOf, type Hass } from "../hass";
import { errorText, number, t, word } from "../locale";
import { define } from "../ui/define";
import "../ui/dialog";
import type { DrawbridgeDialog } from "../ui/dialog";
import "../ui/entity-picker";
import { icon } from "../ui/icon";
import { Loader } from "../ui/loader";
import { shared } from "../ui/styles";
import { policyText, TONES } from "./policy-text";

const EXPECTATIONS = ["not_controls", "not_sees", "controls", "sees"] as const;
type Expectation = (typeof EXPECTATIONS)[number];
const GENERIC = ["homeassistant.toggle", "homeassistant.turn_off", "homeassistant.turn_on"];

/** What is expected of a key, with the results, which follow changes. */
export class PolicyDialog extends LitElement {
  static override styles = [
    shared,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(76px, max-content) 1fr auto;
        align-items: center;
        gap: 2px 12px;
        padding: 6px 0;
        border-bottom: 1px solid var(--line);
      }
      li > div {
        overflow-wrap: anywhere;
      }
      li > .chip {
        justify-self: start;
      }
      form {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(200px, 100%), 1fr));
        align-items: end;
        gap: 12px;
      }
      drawbridge-entity-picker {
        grid-column: 1 / -1;
      }
      form .button {
        justify-self: start;
      }
    `,
  ];

  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) hass!: Hass;
  @property({ attribute: false }) key!: Key;
  /** All keys. The results are loaded again when they change. */
  @property({ attribute: false }) keys: Key[] = [];

  @state() private expect: Expectation = "not_controls";
  @state() private about: "entity" | "area" = "entity";
  @state() private target = "";
  @state() private action = "";
  @state() private busy = false;
  @state() private error: unknown;
  @query("drawbridge-dialog") private readonly dialog!: DrawbridgeDialog;
  private readonly loader = new Loader<PolicyResults>(this, () => this.api.tests(this.key.id));

  protected override firstUpdated(): void {
    this.loader.start();
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (this.hasUpdated && (changes.has("keys") || changes.has("hass"))) this.loader.refresh();
  }

  protected override render(): TemplateResult {
    const error = this.error ?? this.loader.error;
    return html`<drawbridge-dialog heading=${t("policy_heading", { name: this.key.name })} @closed=${this.closed}>
      <p>${t("policy_text")}</p>
      ${this.list()} ${this.form()}
      ${error === undefined ? nothing : html`<p class="error" role="alert">${errorText(error)}</p>`}
      <button slot="actions" class="button main" @click=${() => this.dialog.close()}>${t("close")}</button>
    </drawbridge-dialog>`;
  }

  private list(): TemplateResult | typeof nothing {
    const results = this.loader.value?.results;
    if (results === undefined) {
      return this.loader.error === undefined ? html`<p class="faint" role="status">${t("loading")}</p>` : nothing;
    }
    if (results.length === 0) return html`<p class="faint">${t("policy_empty")}</p>`;
    return html`<ul aria-label=${t("task_policy")}>
      ${results.map((result) => this.line(result))}
    </ul>`;
  }

  private line(result: PolicyResult): TemplateResult {
    const name = policyText(this.hass, result.test);
    const of = result.test.area_id === null ? "" : result.entities.map((id) => nameOf(this.hass, id)).join(", ");
    return html`<li>
      <span class="chip ${TONES[result.status] ?? ""}">${word("test", result.status)}</span>
      <div>
        ${name}
        <div class="faint">
          ${of === "" ? nothing : html`${of}${result.more > 0 ? ` +${number(result.more)}` : ""}: `}<span lang="en"
            >${result.rule}</span
          >
        </div>
      </div>
      <button
        class="icon-button"
        aria-label=${t("policy_remove", { name })}
        title=${t("policy_remove", { name })}
        ?disabled=${this.busy}
        @click=${() => this.change(() => this.api.removeTest(this.key.id, result.test))}
      >
        ${icon(mdiClose)}
      </button>
    </li>`;
  }

  private form(): TemplateResult {
    const { results, max } = this.loader.value ?? { results: [], max: Infinity };
    if (results.length >= max) return html`<p class="notice">${t("policy_limit", { max: number(max) })}</p>`;
    return html`<form @submit=${this.add} aria-label=${t("policy_add")}>
      ${this.choice(t("policy_expect"), this.expect, EXPECTATIONS.map((item) => [item, word("expect", item)]), (value) => {
        this.expect = value as Expectation;
      })}
      ${this.choice(
        t("policy_about"),
        this.about,
        [
          ["entity", t("policy_about_entity")],
          ["area", t("policy_about_area")],
        ],
        (value) => {
          this.about = value as "entity" | "area";
          this.target = this.action = "";
        },
      )}
      ${this.about === "entity" ? this.entities() : this.areas()} ${this.actions()}
      <button class="button" type="submit" ?disabled=${this.busy || this.target === ""}>
        ${icon(mdiPlus, 16)} ${t("policy_add")}
      </button>
    </form>`;
  }

  private entities(): TemplateResult {
    return html`<drawbridge-entity-picker
      inline
      .hass=${this.hass}
      .label=${t("entity")}
      @picked=${(event: CustomEvent<string>) => this.choose(event.detail)}
    ></drawbridge-entity-picker>`;
  }

  private areas(): TemplateResult {
    const areas = Object.keys(this.hass.areas ?? {}).map((id): [string, string] => [id, areaName(this.hass, id)]);
    areas.sort(([, one], [, other]) => one.localeCompare(other));
    return this.choice(t("area"), this.target, [["", t("policy_choose")], ...areas], (value) => this.choose(value));
  }

  private actions(): TemplateResult | typeof nothing {
    if (!this.expect.endsWith("controls")) return nothing;
    const names = this.actionNames().map((item): [string, string] => [item, item]);
    return this.choice(t("action"), this.action, [["", t("policy_any_action")], ...names], (value) => {
      this.action = value;
    });
  }

  /** The actions of the domains that the test would be about. */
  private actionNames(): string[] {
    if (this.target === "") return [];
    const ids =
      this.about === "entity"
        ? [this.target]
        : Object.keys(this.hass.states).filter((id) => areaOf(this.hass, id) === this.target);
    const domains = new Set(ids.map((id) => id.split(".")[0] ?? ""));
    const own = [...domains].flatMap((domain) =>
      Object.keys(this.hass.services?.[domain] ?? {}).map((name) => `${domain}.${name}`),
    );
    return [...own.sort(), ...GENERIC];
  }

  private choice(
    label: string,
    chosen: string,
    options: [value: string, text: string][],
    choose: (value: string) => void,
  ): TemplateResult {
    return html`<label class="field">
      <span>${label}</span>
      <select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
        ${options.map(([value, text]) => html`<option value=${value} ?selected=${value === chosen}>${text}</option>`)}
      </select>
    </label>`;
  }

  private choose(target: string): void {
    this.target = target;
    this.action = "";
    this.error = undefined;
  }

  private async add(event: Event): Promise<void> {
    event.preventDefault();
    const test: PolicyTest = {
      expect: this.expect,
      entity_id: this.about === "entity" ? this.target : null,
      area_id: this.about === "area" ? this.target : null,
      action: this.expect.endsWith("controls") && this.action !== "" ? this.action : null,
    };
    await this.change(() => this.api.addTest(this.key.id, test));
  }

  private async change(make: () => Promise<PolicyResults>): Promise<void> {
    this.error = undefined;
    this.busy = true;
    try {
      this.loader.take(await make());
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  private closed(): void {
    this.dispatchEvent(new CustomEvent("closed"));
  }
}

define("drawbridge-policy-dialog", PolicyDialog);
