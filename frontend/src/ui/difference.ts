import { html, type TemplateResult } from "lit";

import type { Lists, Part } from "../contract";
import { nameOf, type Hass } from "../hass";
import { dateAndTime, known, plural, t, word } from "../locale";

/** The lines of a part: permissions, entities, actions, events and limits. */
export function lines(hass: Hass, part: Part): TemplateResult[] {
  const more = part.more ?? 0;
  return [
    ...part.capabilities.map((item) => html`${t("permission")}: ${word("capability", item)}`),
    ...part.services.map((item) => html`${t("action")}: ${item === "*" ? t("all_actions") : html`<code>${item}</code>`}`),
    ...part.events.map((item) => html`${t("event")}: ${item === "*" ? t("all_events") : html`<code>${item}</code>`}`),
    ...(part.limits ?? []).map((item) => html`${limit(item)}`),
    ...part.entities.map((item) => html`${nameOf(hass, item)} <code class="faint">${item}</code>`),
    ...(more > 0 ? [html`${plural("and_more", more)}`] : []),
  ];
}

/** A limit in words: its name, and its value if it has one. */
function limit(text: string): string {
  const [name = "", ...rest] = text.split(" ");
  const value = rest.join(" ");
  const shown = name === "expires" ? dateAndTime(Number(value)) : (known("limit", value) ?? value);
  return known("limit", name, { value: shown }) ?? text;
}

/** What a change adds. */
export function additions(hass: Hass, adds: Lists): TemplateResult {
  return html`<ul class="difference good" aria-label=${t("adds")}>
    ${lines(hass, adds).map((line) => html`<li data-sign="+">${line}</li>`)}
  </ul>`;
}

/** A part of a comparison, or a sentence if there is nothing in it. */
export function part(hass: Hass, heading: string, content: Part, sign: string, tone: string): TemplateResult {
  const found = lines(hass, content);
  return html`<section>
    <h3>${heading}</h3>
    ${found.length === 0
      ? html`<p class="faint">${t("nothing")}</p>`
      : html`<ul class="difference ${tone}">
          ${found.map((line) => html`<li data-sign=${sign}>${line}</li>`)}
        </ul>`}
  </section>`;
}
