import { css } from "lit";

export const panelStyles = css`
  :host {
    display: block;
    min-height: 100vh;
    background: var(--primary-background-color, #fafafa);
    font-family: var(--ha-font-family-body, Roboto, Noto, sans-serif);
  }
  header {
    position: sticky;
    z-index: 4;
    top: 0;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 24px;
    min-height: var(--header-height, 56px);
    padding: 0 16px;
    border-bottom: var(--app-header-border-bottom, none);
    background: var(--app-header-background-color, var(--primary-color, #03a9f4));
    color: var(--app-header-text-color, #fff);
  }
  h1 {
    margin: 0;
    font-size: 20px;
    font-weight: 400;
  }
  [role="tablist"] {
    display: flex;
    align-self: stretch;
  }
  [role="tab"] {
    min-height: 48px;
    padding: 0 16px;
    border: 0;
    border-bottom: 3px solid transparent;
    background: none;
    font-weight: 500;
    opacity: 0.8;
  }
  [role="tab"][aria-selected="true"] {
    border-bottom-color: currentColor;
    opacity: 1;
  }
  .badge {
    display: inline-block;
    min-width: 20px;
    margin-inline-start: 4px;
    padding: 0 6px;
    border-radius: 10px;
    background: var(--alert);
    color: #000;
    font-size: 12px;
    line-height: 20px;
  }
  [role="tab"]:focus-visible {
    outline-color: currentColor;
    outline-offset: -4px;
  }
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    max-width: 1280px;
    margin: 0 auto;
    padding: 16px 16px 88px;
  }
  :host([narrow]) header {
    gap: 0 8px;
    padding: 0 4px;
  }
  :host([narrow]) [role="tablist"] {
    width: 100%;
  }
  :host([narrow]) [role="tab"] {
    flex: 1;
  }
  :host([narrow]) main {
    padding: 12px 8px 88px;
  }
`;
