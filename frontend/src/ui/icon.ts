import { html, type TemplateResult } from "lit";

/** An icon that only decorates: what it means is said in words beside it, or in the label of its button. */
export function icon(path: string, size = 20): TemplateResult {
  return html`<svg viewBox="0 0 24 24" width=${size} height=${size} fill="currentColor" aria-hidden="true">
    <path d=${path}></path>
  </svg>`;
}
