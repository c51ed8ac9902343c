import { css } from "lit";

export const differenceStyles = css`
  .difference {
    display: grid;
    gap: 1px;
    overflow: hidden;
    border-radius: 8px;
  }
  .difference li {
    padding: 5px 12px;
    border-inline-start: 4px solid var(--tone);
    background: color-mix(in srgb, var(--tone) 12%, transparent);
    overflow-wrap: anywhere;
  }
  .difference li::before {
    content: attr(data-sign) " ";
    font-family: monospace;
    font-weight: 700;
  }
`;
