import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection, type HaWebSocket } from "home-assistant-js-websocket";

import type { Command } from "../src/hass";
import { Subscription } from "../src/subscription";

type Sent = Command & { id: number; subscription?: number };

/** The far end of the connections of Home Assistant's own client. Subscriptions end with their connection. */
class Server {
  refusal: object | undefined;
  /** Whether Drawbridge's commands are not answered yet. */
  isSlow = false;
  ended = 0;
  subscriptions = new Map<number, string>();
  private socket = this.open();

  async connect(): Promise<Connection> {
    const options = { setupRetry: 0, createSocket: () => Promise.resolve((this.socket = this.open())) };
    await Promise.resolve();
    return new Connection(this.socket, options);
  }

  lose(): void {
    this.subscriptions = new Map();
    Object.assign(this.socket, { readyState: 3 });
    this.socket.dispatchEvent(new Event("close"));
  }

  send(event: object): void {
    for (const id of this.subscriptions.keys()) this.answer({ id, type: "event", event });
  }

  private open(): HaWebSocket {
    const send = (text: string): void => queueMicrotask(() => this.receive(JSON.parse(text) as Sent));
    return Object.assign(new EventTarget(), { readyState: 1, OPEN: 1, haVersion: "", send }) as unknown as HaWebSocket;
  }

  private receive({ id, type, subscription = 0 }: Sent): void {
    if (type === "unsubscribe_events") {
      const known = this.subscriptions.delete(subscription);
      this.ended += 1;
      this.answer({ id, type: "result", success: known, error: { code: "not_found" } });
    } else if (!this.isSlow || !type.startsWith("drawbridge/")) {
      if (this.refusal === undefined) this.subscriptions.set(id, type);
      this.answer({ id, type: "result", success: this.refusal === undefined, error: this.refusal });
    }
  }

  private answer(message: object): void {
    this.socket.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }
}

class Listener {
  readonly received: number[] = [];
  readonly subscription = new Subscription<{ n: number }>(
    { type: "drawbridge/activity/subscribe" },
    ({ n }) => this.received.push(n),
    () => undefined,
  );
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!holds() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds(), `not within 30 seconds: ${String(holds)}`);
}

Object.assign(globalThis, { window: globalThis });

void test("it subscribes again after the connection was lost", async () => {
  const server = new Server();
  const { subscription, received } = new Listener();
  subscription.start(await server.connect());
  await until(() => subscription.status === "live");
  server.send({ n: 1 });
  server.lose();
  assert.equal(subscription.status, "offline");
  await until(() => subscription.status === "live");
  server.send({ n: 2 });
  assert.deepEqual(received, [1, 2]);
  assert.equal(server.subscriptions.size, 1);
});

void test("it never ends the subscription of another that has its id after a reconnect", async () => {
  const server = new Server();
  const connection = await server.connect();
  const { subscription } = new Listener();
  subscription.start(connection);
  await until(() => subscription.status === "live");
  for (const type of ["one", "two"]) void connection.subscribeMessage(() => undefined, { type });
  await until(() => server.subscriptions.size === 3);
  const [own] = server.subscriptions.keys();
  server.isSlow = true;
  server.lose();
  await until(() => server.subscriptions.size === 2);
  assert.equal(server.subscriptions.get(own ?? 0), "two");
  subscription.stop();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([...server.subscriptions.values()], ["one", "two"]);
  assert.equal(server.ended, 0);
});

void test("it unsubscribes", async () => {
  const server = new Server();
  const { subscription } = new Listener();
  subscription.start(await server.connect());
  await until(() => subscription.status === "live");
  subscription.stop();
  await until(() => server.subscriptions.size === 0);
});

void test("stopped before the answer, it unsubscribes too", async () => {
  const server = new Server();
  const { subscription } = new Listener();
  subscription.start(await server.connect());
  subscription.stop();
  await until(() => server.ended === 1);
});

void test("stopped and started at once, it ends up with one subscription", async () => {
  const server = new Server();
  const connection = await server.connect();
  const { subscription } = new Listener();
  subscription.start(connection);
  subscription.stop();
  subscription.start(connection);
  await until(() => subscription.status === "live" && server.subscriptions.size === 1);
});

void test("it tries again while Drawbridge is not set up, and after a reload", async () => {
  const server = new Server();
  server.refusal = { code: "unknown_command" };
  const { subscription, received } = new Listener();
  subscription.start(await server.connect());
  await until(() => typeof subscription.status === "object");
  assert.deepEqual(subscription.status, { error: server.refusal });
  server.refusal = undefined;
  await until(() => subscription.status === "live");
  server.send({ n: 1 });
  server.send({ closed: true });
  server.subscriptions.clear();
  assert.deepEqual(subscription.status, { error: { code: "not_loaded" } });
  await until(() => subscription.status === "live");
  server.send({ n: 2 });
  assert.deepEqual(received, [1, 2]);
});
