import { mdiClose } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { errorText, number, t } from "../locale";
import { define } from "./define";
import type { Message } from "./events";
import { icon } from "./icon";
import { shared } from "./styles";

const SECONDS = 8;

/** One message at the bottom of the page, with at most one button. */
export class SnackBar extends LitElement {
  static override styles = [
    shared,
    css`
      .bar {
        position: fixed;
        z-index: 5;
        bottom: max(16px, env(safe-area-inset-bottom));
        left: 50%;
        display: flex;
        align-items: center;
        gap: 8px;
        width: max-content;
        max-width: calc(100vw - 32px);
        padding: 6px 8px 6px 20px;
        border-radius: 12px;
        background: #323232;
        color: #fff;
        box-shadow: 0 4px 16px rgba(0, 0, 0, 0.35);
        transform: translateX(-50%);
      }
      .bar .button {
        border: 0;
        color: #80d8ff;
        white-space: nowrap;
      }
    `,
  ];

  @state() private message: Message | undefined;
  @state() private left = 0;
  private timer: number | undefined;

  show(message: Message): void {
    this.message = message;
    const until = message.until ?? Date.now() / 1000 + SECONDS;
    window.clearInterval(this.timer);
    this.timer = window.setInterval(() => this.tick(until), 250);
    this.tick(until);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
  }

  protected override render(): TemplateResult {
    return html`<div role="status">${this.message === undefined ? nothing : this.bar(this.message)}</div>`;
  }

  private bar(message: Message): TemplateResult {
    const { action } = message;
    return html`<div class="bar">
      <span>${message.text}</span>
      ${action === undefined
        ? nothing
        : html`<button class="button" @click=${() => this.run(action.run)}>
            ${action.label} <span aria-hidden="true">${message.until === undefined ? "" : number(this.left)}</span>
          </button>`}
      <button class="icon-button" aria-label=${t("close")} @click=${this.hide}>${icon(mdiClose)}</button>
    </div>`;
  }

  private tick(until: number): void {
    this.left = Math.ceil(until - Date.now() / 1000);
    if (this.left <= 0) this.hide();
  }

  private hide(): void {
    window.clearInterval(this.timer);
    this.message = undefined;
  }

  private async run(action: () => Promise<void>): Promise<void> {
    this.hide();
    try {
      await action();
    } catch (error) {
      this.show({ text: errorText(error) });
    }
  }
}

define("drawbridge-snack-bar", SnackBar);
