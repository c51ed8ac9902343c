import { html, type TemplateResult } from "lit";

import { t } from "../locale";

/** What a key may do with an entity, as chips. */
export function rights(access: { read: boolean; control: boolean; history?: boolean }): TemplateResult[] {
  const { read, control, history = false } = access;
  return [
    ...(read ? [html`<span class="chip accent">${t("right_read")}</span>`] : []),
    ...(history ? [html`<span class="chip accent">${t("right_history")}</span>`] : []),
    ...(control ? [html`<span class="chip alert">${t("right_control")}</span>`] : []),
  ];
}
