import type { ReactiveController, ReactiveControllerHost } from "lit";

const SETTLE_MS = 400;

/** Loads a value again when it may have changed, at most once at a time, and drops answers to earlier questions. */
export class Loader<Value> implements ReactiveController {
  value: Value | undefined;
  error: unknown;
  loading = false;
  private question = 0;
  private timer: number | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly ask: () => Promise<Value>,
  ) {
    host.addController(this);
  }

  hostDisconnected(): void {
    window.clearTimeout(this.timer);
    this.question += 1;
  }

  /** Ask anew, and forget the answer to another question. */
  start(): void {
    this.value = undefined;
    void this.load();
  }

  /** Ask again soon, and keep the answer until then. */
  refresh(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(), SETTLE_MS);
  }

  /** Use a value that came in another way. */
  take(value: Value): void {
    window.clearTimeout(this.timer);
    this.question += 1;
    this.settle(value, undefined);
  }

  private async load(): Promise<void> {
    this.question += 1;
    const question = this.question;
    window.clearTimeout(this.timer);
    this.loading = true;
    this.host.requestUpdate();
    try {
      const value = await this.ask();
      if (question === this.question) this.settle(value, undefined);
    } catch (error) {
      if (question === this.question) this.settle(undefined, error);
    }
  }

  private settle(value: Value | undefined, error: unknown): void {
    this.value = value;
    this.error = error;
    this.loading = false;
    this.host.requestUpdate();
  }
}
