import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { nameOf, type Hass } from "../hass";
import { t } from "../locale";
import { define } from "./define";
import { shared } from "./styles";

const MAX_SHOWN = 30;

/** A field to search for an entity by its name or ID. Fires "picked" with the ID. */
export class EntityPicker extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        position: relative;
        display: block;
      }
      input {
        width: 100%;
      }
      ul {
        position: absolute;
        z-index: 2;
        inset-inline: 0;
        max-height: 300px;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 8px;
        background: var(--card-background-color, #fff);
        box-shadow: 0 4px 16px rgba(0, 0, 0, 0.2);
      }
      :host([inline]) ul {
        position: static;
        max-height: 220px;
        margin-top: 4px;
        box-shadow: none;
      }
      li {
        padding: 6px 12px;
        cursor: pointer;
        overflow-wrap: anywhere;
      }
      li code {
        display: block;
      }
      li[aria-selected="true"],
      li:hover {
        background: color-mix(in srgb, var(--accent) 16%, transparent);
      }
    `,
  ];

  @property({ attribute: false }) hass!: Hass;
  @property() label = "";
  /** Whether the list makes room for itself, as in a dialog, which would cut it off. */
  @property({ type: Boolean, reflect: true }) inline = false;

  @state() private text = "";
  @state() private shown: string[] | undefined;
  @state() private marked = 0;
  @query("input") private readonly input!: HTMLInputElement;

  protected override render(): TemplateResult {
    return html`
      <label class="field">
        <span>${this.label}</span>
        <input
          type="text"
          role="combobox"
          autocomplete="off"
          aria-autocomplete="list"
          aria-controls="list"
          aria-expanded=${this.shown !== undefined}
          aria-activedescendant=${this.shown?.[this.marked] === undefined ? nothing : `option-${this.marked}`}
          placeholder=${t("entity_hint")}
          .value=${this.text}
          @input=${this.search}
          @focus=${this.search}
          @blur=${this.hide}
          @keydown=${this.press}
        />
      </label>
      ${this.shown === undefined ? nothing : this.list(this.shown)}
    `;
  }

  private list(shown: string[]): TemplateResult {
    return html`<ul id="list" role="listbox" aria-label=${this.label} @mousedown=${(event: Event) => event.preventDefault()}>
      ${shown.length === 0 ? html`<li class="faint">${t("entity_none")}</li>` : nothing}
      ${shown.map(
        (id, index) =>
          html`<li
            id="option-${index}"
            role="option"
            aria-selected=${index === this.marked}
            @click=${() => this.pick(id)}
          >
            ${nameOf(this.hass, id)} <code class="faint">${id}</code>
          </li>`,
      )}
    </ul>`;
  }

  private search(): void {
    this.text = this.input.value;
    const text = this.text.trim().toLowerCase();
    const found: string[] = [];
    for (const id in this.hass.states) {
      if (found.length >= MAX_SHOWN) break;
      if (id.includes(text) || nameOf(this.hass, id).toLowerCase().includes(text)) found.push(id);
    }
    this.shown = found;
    this.marked = 0;
  }

  private hide(): void {
    this.shown = undefined;
  }

  private press(event: KeyboardEvent): void {
    const shown = this.shown ?? [];
    const chosen = shown[this.marked];
    if (event.key === "ArrowDown") this.mark(Math.min(this.marked + 1, shown.length - 1));
    else if (event.key === "ArrowUp") this.mark(Math.max(this.marked - 1, 0));
    else if (event.key === "Enter" && chosen !== undefined) this.pick(chosen);
    else if (event.key === "Escape" && this.shown !== undefined) this.hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private mark(index: number): void {
    if (this.shown === undefined) this.search();
    else this.marked = index;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector(`#option-${this.marked}`)?.scrollIntoView({ block: "nearest" }),
    );
  }

  private pick(id: string): void {
    this.text = nameOf(this.hass, id);
    this.hide();
    this.dispatchEvent(new CustomEvent("picked", { detail: id }));
  }
}

define("drawbridge-entity-picker", EntityPicker);
