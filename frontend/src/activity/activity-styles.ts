import { css } from "lit";

const columns = css`96px 96px minmax(100px, 1fr) minmax(180px, 3fr) minmax(90px, 1fr) 24px`;

export const listStyles = css`
  :host {
    display: grid;
    gap: 12px;
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    justify-content: space-between;
    gap: 12px;
  }
  .card {
    overflow: hidden;
  }
  .head {
    display: grid;
    grid-template-columns: ${columns};
    gap: 12px;
    padding: 8px 16px;
    border-bottom: 1px solid var(--line);
    color: var(--faint);
    font-size: 12px;
  }
  li + li {
    border-top: 1px solid var(--line);
  }
  .foot {
    justify-content: center;
  }
  @media (max-width: 870px) {
    .head {
      display: none;
    }
  }
`;

export const rowStyles = css`
  :host {
    display: block;
  }
  button.line {
    display: grid;
    grid-template-columns: ${columns};
    align-items: center;
    gap: 2px 12px;
    width: 100%;
    padding: 8px 16px;
    border: 0;
    background: none;
    text-align: start;
  }
  button.line:hover,
  :host([opened]) button.line {
    background: color-mix(in srgb, currentColor 5%, transparent);
  }
  button.line:focus-visible {
    outline-offset: -2px;
  }
  .line > span {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .time {
    font-variant-numeric: tabular-nums;
  }
  .key {
    font-weight: 500;
  }
  .what small {
    display: block;
    color: var(--faint);
    font-size: 13px;
  }
  .arrow {
    display: grid;
    place-items: center;
    transition: transform 120ms;
  }
  :host([opened]) .arrow {
    transform: rotate(180deg);
  }
  .details {
    display: grid;
    gap: 14px;
    padding: 12px 16px 16px;
    border-top: 1px dashed var(--line);
  }
  dl {
    display: grid;
    grid-template-columns: max-content 1fr;
    gap: 2px 16px;
    font-size: 13px;
  }
  dt {
    color: var(--faint);
  }
  dd {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  @media (max-width: 870px) {
    button.line {
      grid-template-areas: "outcome key time arrow" "what what what what" "from from from from";
      grid-template-columns: max-content 1fr max-content 20px;
      gap: 4px 8px;
      padding: 10px 12px;
    }
    .time {
      grid-area: time;
      color: var(--faint);
      font-size: 12px;
    }
    .outcome {
      grid-area: outcome;
    }
    .key {
      grid-area: key;
    }
    .what {
      grid-area: what;
    }
    .from {
      grid-area: from;
      font-size: 12px;
    }
    .arrow {
      grid-area: arrow;
    }
    .details {
      padding: 12px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .arrow {
      transition: none;
    }
  }
`;
