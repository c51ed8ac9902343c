/** A message for the bar at the bottom, with at most one button. */
export interface Message {
  text: string;
  action?: { label: string; run: () => Promise<void> };
  /** When the bar goes away by itself, as a Unix time in seconds. */
  until?: number;
}

/** Show a message. */
export function tell(element: EventTarget, message: Message): void {
  element.dispatchEvent(new CustomEvent("drawbridge-message", { detail: message, bubbles: true, composed: true }));
}
