import { mdiMenu } from "@mdi/js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import "./access/access-view";
import "./activity/activity-view";
import { ActionNames } from "./activity/describe";
import { Api } from "./api";
import "./approvals/approval-list";
import type { ActivityMessage, ActivityRecord, ApprovalRequest, ApprovalsMessage, Key, KeysMessage } from "./contract";
import type { Hass } from "./hass";
import "./keys/keys-view";
import { INTEGRATION } from "./keys/links";
import { errorText, plural, t, useLocale } from "./locale";
import { panelStyles } from "./panel-styles";
import { MAX_RECORDS, Records } from "./records";
import { Subscription, type Status } from "./subscription";
import { define } from "./ui/define";
import type { Message } from "./ui/events";
import { icon } from "./ui/icon";
import "./ui/snack-bar";
import type { SnackBar } from "./ui/snack-bar";
import { shared } from "./ui/styles";

const TABS = ["activity", "keys", "access"] as const;
type Tab = (typeof TABS)[number];

/** States change all the time. Of Home Assistant's object, the panel shows only what these hold. */
const SHOWN = ["connection", "locale", "config", "themes", "dockedSidebar", "entities", "devices", "areas"] as const;

function differs(now: Hass, before: Hass | undefined): boolean {
  return before === undefined || SHOWN.some((part) => now[part] !== before[part]);
}

/** The panel in the sidebar. Home Assistant sets `hass`, `narrow` and `route`. */
export class DrawbridgePanel extends LitElement {
  static override styles = [shared, panelStyles];

  @property({ attribute: false, hasChanged: differs }) hass!: Hass;
  @property({ type: Boolean, reflect: true }) narrow = false;
  @property({ attribute: false }) route: { prefix: string; path: string } = { prefix: "/drawbridge", path: "" };

  @state() private keys: Key[] = [];
  @state() private records: ActivityRecord[] = [];
  @state() private requests: ApprovalRequest[] = [];
  @query("drawbridge-snack-bar") private readonly snackBar!: SnackBar;
  private readonly api = new Api(() => this.hass);
  private readonly actions = new ActionNames();
  private readonly kept = new Records();
  private readonly changed = (): void => this.requestUpdate();
  private readonly ofKeys = new Subscription<KeysMessage>(
    { type: "drawbridge/keys/subscribe" },
    (message) => (this.keys = message.keys),
    this.changed,
  );
  private readonly ofActivity = new Subscription<ActivityMessage>(
    { type: "drawbridge/activity/subscribe", limit: MAX_RECORDS },
    (message) => {
      this.kept.take(message);
      this.records = this.kept.all;
    },
    this.changed,
  );
  private readonly ofApprovals = new Subscription<ApprovalsMessage>(
    { type: "drawbridge/approvals/subscribe" },
    (message) => (this.requests = message.requests),
    this.changed,
  );

  private get tab(): Tab {
    return TABS.find((tab) => this.route.path.startsWith(`/${tab}`)) ?? "activity";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Home Assistant takes the panel out of the page and puts it back when another one is shown in between.
    if (this.hasUpdated) this.subscribe();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ofKeys.stop();
    this.ofActivity.stop();
    this.ofApprovals.stop();
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (!changes.has("hass")) return;
    useLocale(this.hass);
    this.style.colorScheme = this.hass.themes?.darkMode === true ? "dark" : "light";
    if (changes.get("hass")?.locale.language !== this.hass.locale.language) void this.loadActions();
    this.subscribe();
  }

  protected override render(): TemplateResult {
    return html`
      <header>
        ${this.narrow || this.hass.dockedSidebar === "always_hidden"
          ? html`<button class="icon-button" aria-label=${t("menu")} @click=${this.toggleMenu}>
              ${icon(mdiMenu, 24)}
            </button>`
          : nothing}
        <h1>Drawbridge</h1>
        <div role="tablist" aria-label="Drawbridge" @keydown=${this.pressTab}>
          ${TABS.map((tab) => this.tabButton(tab))}
        </div>
      </header>
      <main
        id="view"
        role="tabpanel"
        aria-labelledby="tab-${this.tab}"
        @drawbridge-message=${(event: CustomEvent<Message>) => this.snackBar.show(event.detail)}
      >
        ${this.banner()} ${this.tab === "activity" ? this.approvals() : nothing} ${this.view()}
      </main>
      <drawbridge-snack-bar></drawbridge-snack-bar>
    `;
  }

  private tabButton(tab: Tab): TemplateResult {
    const chosen = tab === this.tab;
    return html`<button
      id="tab-${tab}"
      role="tab"
      aria-selected=${chosen}
      aria-controls="view"
      tabindex=${chosen ? 0 : -1}
      @click=${() => this.go(tab)}
    >
      ${t(`tab_${tab}`)}${tab === "activity" && this.requests.length > 0
        ? html` <span class="badge" title=${plural("approvals", this.requests.length)}>${this.requests.length}</span>`
        : nothing}
    </button>`;
  }

  private approvals(): TemplateResult {
    return html`<drawbridge-approval-list
      .hass=${this.hass}
      .api=${this.api}
      .actions=${this.actions}
      .requests=${this.requests}
      .language=${this.hass.locale.language}
    ></drawbridge-approval-list>`;
  }

  private view(): TemplateResult {
    const { language } = this.hass.locale;
    switch (this.tab) {
      case "activity":
        return html`<drawbridge-activity-view
          .hass=${this.hass}
          .api=${this.api}
          .actions=${this.actions}
          .records=${this.records}
          .missed=${this.kept.missed}
          .keys=${this.keys}
          .loading=${this.ofActivity.status !== "live"}
          .language=${language}
        ></drawbridge-activity-view>`;
      case "keys":
        return html`<drawbridge-keys-view
          .hass=${this.hass}
          .api=${this.api}
          .keys=${this.keys}
          .loading=${this.ofKeys.status !== "live"}
          .language=${language}
        ></drawbridge-keys-view>`;
      case "access":
        return html`<drawbridge-access-view
          .hass=${this.hass}
          .api=${this.api}
          .keys=${this.keys}
          .narrow=${this.narrow}
          .language=${language}
        ></drawbridge-access-view>`;
    }
  }

  private banner(): TemplateResult | typeof nothing {
    const found = [this.ofKeys.status, this.ofActivity.status];
    const failed = found.find((status): status is Exclude<Status, string> => typeof status === "object");
    if (found.includes("offline")) return html`<p class="notice" role="alert">${t("offline")}</p>`;
    if (failed === undefined) return nothing;
    return html`<p class="notice" role="alert">${errorText(failed.error)} <a href=${INTEGRATION}>${t("open_settings")}</a></p>`;
  }

  private subscribe(): void {
    this.ofKeys.start(this.hass.connection);
    this.ofActivity.start(this.hass.connection);
    this.ofApprovals.start(this.hass.connection);
  }

  private async loadActions(): Promise<void> {
    await this.actions.load(this.hass);
    this.records = [...this.records];
  }

  private go(tab: Tab): void {
    history.pushState(null, "", `${this.route.prefix}/${tab}`);
    window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
  }

  private pressTab(event: KeyboardEvent): void {
    const steps: Record<string, number | undefined> = { ArrowLeft: -1, ArrowRight: 1 };
    const step = steps[event.key];
    if (step === undefined) return;
    const next = TABS[(TABS.indexOf(this.tab) + step + TABS.length) % TABS.length] ?? "activity";
    this.go(next);
    this.renderRoot.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  }

  private toggleMenu(): void {
    this.dispatchEvent(new CustomEvent("hass-toggle-menu", { bubbles: true, composed: true }));
  }
}

define("drawbridge-panel", DrawbridgePanel);
