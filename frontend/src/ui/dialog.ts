import { mdiClose } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";

import { t } from "../locale";
import { define } from "./define";
import { icon } from "./icon";
import { shared } from "./styles";

/** A modal dialog. It opens when it is added to the page, and fires "closed". */
export class DrawbridgeDialog extends LitElement {
  static override styles = [
    shared,
    css`
      dialog {
        width: min(600px, calc(100vw - 32px));
        max-height: calc(100dvh - 48px);
        padding: 0;
        border: 0;
        border-radius: 20px;
        background: var(--card-background-color, #fff);
        color: inherit;
        box-shadow: 0 8px 40px rgba(0, 0, 0, 0.35);
      }
      dialog::backdrop {
        background: rgba(0, 0, 0, 0.5);
      }
      .whole {
        display: flex;
        flex-direction: column;
        max-height: calc(100dvh - 48px);
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        padding: 12px 12px 4px 24px;
      }
      .body {
        display: grid;
        gap: 12px;
        padding: 8px 24px;
        overflow: auto;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 8px;
        padding: 12px 24px 20px;
      }
    `,
  ];

  @property() heading = "";
  /** Whether Escape and the cross are off, because closing would lose something. */
  @property({ type: Boolean }) locked = false;

  @query("dialog") private readonly dialog!: HTMLDialogElement;
  private closing = false;

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  close(): void {
    this.closing = true;
    this.dialog.close();
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" @cancel=${this.cancel} @close=${this.closed}>
      <div class="whole">
        <header>
          <h2 id="heading">${this.heading}</h2>
          ${this.locked
            ? nothing
            : html`<button class="icon-button" type="button" aria-label=${t("close")} @click=${this.close}>
                ${icon(mdiClose)}
              </button>`}
        </header>
        <div class="body"><slot></slot></div>
        <footer><slot name="actions"></slot></footer>
      </div>
    </dialog>`;
  }

  private cancel(event: Event): void {
    if (this.locked) event.preventDefault();
  }

  private closed(): void {
    // Browsers close a dialog at the second Escape, whatever was said to the first.
    if (this.locked && !this.closing) this.dialog.showModal();
    else this.dispatchEvent(new CustomEvent("closed"));
  }
}

define("drawbridge-dialog", DrawbridgeDialog);
