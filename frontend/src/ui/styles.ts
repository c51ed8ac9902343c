import { css } from "lit";

/** What all elements of the panel share, in the colours of Home Assistant's theme. */
export const shared = css`
  :host {
    --accent: var(--primary-color, #03a9f4);
    --line: var(--divider-color, rgba(0, 0, 0, 0.12));
    --faint: var(--secondary-text-color, #727272);
    --good: var(--success-color, #43a047);
    --bad: var(--error-color, #db4437);
    --alert: var(--warning-color, #ffa600);
    color: var(--primary-text-color, #212121);
    font-size: 14px;
    line-height: 1.45;
  }
  * {
    box-sizing: border-box;
  }
  h2,
  h3,
  p,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  h2 {
    font-size: 20px;
    font-weight: 500;
  }
  h3 {
    font-size: 16px;
    font-weight: 500;
  }
  ul {
    list-style: none;
  }
  a {
    color: var(--accent);
  }
  code {
    font-family: var(--code-font-family, monospace);
    font-size: 0.92em;
    overflow-wrap: anywhere;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  button,
  input,
  select {
    font: inherit;
    color: inherit;
  }
  button {
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
    opacity: 0.5;
  }
  .button {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 36px;
    padding: 4px 14px;
    border: 1px solid var(--line);
    border-radius: 18px;
    background: none;
    color: inherit;
    font-weight: 500;
    text-decoration: none;
  }
  .button:hover:not(:disabled) {
    background: color-mix(in srgb, currentColor 8%, transparent);
  }
  .button.main {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--text-primary-color, #fff);
  }
  .button.main:hover:not(:disabled) {
    background: color-mix(in srgb, var(--accent) 85%, #000);
  }
  .button.danger {
    color: var(--bad);
  }
  .icon-button {
    display: inline-grid;
    place-items: center;
    width: 40px;
    height: 40px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    color: inherit;
  }
  .icon-button:hover {
    background: color-mix(in srgb, currentColor 10%, transparent);
  }
  input[type="text"],
  input[type="search"],
  select {
    min-width: 0;
    min-height: 36px;
    padding: 4px 10px;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--card-background-color, #fff);
  }
  label.field {
    display: grid;
    gap: 2px;
    color: var(--faint);
    font-size: 12px;
  }
  label.field > * {
    color: var(--primary-text-color, #212121);
    font-size: 14px;
  }
  .card {
    border: 1px solid var(--ha-card-border-color, var(--line));
    border-radius: var(--ha-card-border-radius, 12px);
    background: var(--ha-card-background, var(--card-background-color, #fff));
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
  }
  .faint {
    color: var(--faint);
  }
  .error {
    color: var(--bad);
  }
  .notice {
    padding: 10px 14px;
    border-radius: 8px;
    background: color-mix(in srgb, var(--alert) 16%, transparent);
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 8px;
    padding: 48px 16px;
    color: var(--faint);
    text-align: center;
  }
  .empty svg {
    width: 48px;
    height: 48px;
    opacity: 0.6;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 1px 10px 1px 8px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--tone, var(--faint)) 16%, transparent);
    font-size: 12px;
    line-height: 20px;
    white-space: nowrap;
  }
  .chip::before {
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--tone, var(--faint));
    content: "";
  }
  .good {
    --tone: var(--good);
  }
  .bad {
    --tone: var(--bad);
  }
  .alert {
    --tone: var(--alert);
  }
  .accent {
    --tone: var(--accent);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
