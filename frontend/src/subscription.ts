/** A subscription that outlives lost connections, restarts of Home Assistant and reloads of Drawbridge. */

import type { Closed } from "./contract";
import type { Command, Connection } from "./hass";

export type Status = "loading" | "live" | "offline" | { error: unknown };

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

export class Subscription<Message extends object> {
  status: Status = "loading";

  /** Increases with each attempt, so that answers to an earlier one are ignored. */
  private attempt = 0;
  /** Increases when the connection is lost, and all subscriptions with it. */
  private losses = 0;
  private connection: Connection | undefined;
  private unsubscribe: (() => Promise<void>) | undefined;
  private timer: number | undefined;
  private retryMs = FIRST_RETRY_MS;

  constructor(
    private readonly command: Command,
    private readonly receive: (message: Message) => void,
    private readonly changed: () => void,
  ) {}

  /** Subscribe, and subscribe again after each reconnect. */
  start(connection: Connection): void {
    if (this.connection === connection) return;
    this.stop();
    this.connection = connection;
    connection.addEventListener("ready", this.again);
    connection.addEventListener("disconnected", this.lost);
    this.again();
  }

  /** Unsubscribe. */
  stop(): void {
    this.connection?.removeEventListener("ready", this.again);
    this.connection?.removeEventListener("disconnected", this.lost);
    this.connection = undefined;
    this.abandon();
    const end = this.unsubscribe;
    this.unsubscribe = undefined;
    // The connection may be gone, and the subscription with it.
    end?.().catch(() => undefined);
  }

  private readonly again = (): void => {
    this.abandon();
    void this.subscribe(this.attempt);
  };

  private readonly lost = (): void => {
    this.losses += 1;
    this.abandon();
    // Ids start anew with the next connection, where this one may belong to another subscription.
    this.unsubscribe = undefined;
    this.retryMs = FIRST_RETRY_MS;
    this.become("offline");
  };

  private abandon(): void {
    this.attempt += 1;
    window.clearTimeout(this.timer);
  }

  private async subscribe(attempt: number): Promise<void> {
    const { connection, losses } = this;
    if (connection === undefined) return;
    const receive = (message: Message | Closed): void => {
      if (attempt !== this.attempt) return;
      if ("closed" in message) this.retry({ code: "not_loaded" });
      else this.receive(message);
    };
    try {
      const end = await connection.subscribeMessage(receive, this.command, { resubscribe: false });
      if (attempt !== this.attempt) {
        if (losses === this.losses) end().catch(() => undefined);
        return;
      }
      this.unsubscribe = end;
      this.retryMs = FIRST_RETRY_MS;
      this.become("live");
    } catch (error) {
      if (attempt === this.attempt) this.retry(error);
    }
  }

  private retry(error: unknown): void {
    this.abandon();
    this.unsubscribe = undefined;
    this.become({ error });
    this.timer = window.setTimeout(this.again, this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  private become(status: Status): void {
    this.status = status;
    this.changed();
  }
}
