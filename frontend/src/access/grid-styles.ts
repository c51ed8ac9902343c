import { css } from "lit";

export const gridStyles = css`
  :host {
    display: grid;
    gap: 12px;
    min-width: 0;
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 6px 12px;
    border-bottom: 1px solid var(--line);
    text-align: start;
    white-space: nowrap;
  }
  tbody tr:last-child > * {
    border-bottom: 0;
  }
  thead th {
    color: var(--faint);
    font-size: 12px;
    font-weight: 500;
  }
  th:first-child {
    position: sticky;
    inset-inline-start: 0;
    background: var(--card-background-color, #fff);
  }
  tbody th {
    font-weight: 500;
  }
  small {
    font-weight: 400;
  }
  .counts {
    display: inline-flex;
    gap: 4px;
    min-height: 32px;
    padding: 4px;
    border: 1px solid transparent;
    border-radius: 16px;
    background: none;
    align-items: center;
  }
  .counts:hover,
  .counts[aria-expanded="true"] {
    border-color: var(--accent);
  }
  td.entities {
    padding: 12px 16px;
    background: color-mix(in srgb, currentColor 4%, transparent);
    white-space: normal;
  }
`;
