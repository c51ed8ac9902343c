// What the README of home-assistant-js-websocket shows, for: URL KEY LAMP OTHER_LAMP. Prints what it held as JSON.
import {
  callService,
  createConnection,
  createLongLivedTokenAuth,
  ERR_INVALID_AUTH,
  getConfig,
  getServices,
  getStates,
  getUser,
  subscribeConfig,
  subscribeEntities,
  subscribeServices,
} from "home-assistant-js-websocket";
import WebSocket from "ws";

globalThis.WebSocket = WebSocket;
const [url, key, lamp, otherLamp] = process.argv.slice(2);
const held = { entities: [], lamp: [], events: [] };
const connection = await createConnection({ auth: createLongLivedTokenAuth(url, key) }).catch((error) => {
  throw new Error(error === ERR_INVALID_AUTH ? "ERR_INVALID_AUTH" : `error ${error}`);
});
held.version = connection.haVersion;

// Resolves when the subscription has called back with something that suits.
function until(subscribe, suits, keep) {
  return new Promise((resolve) => {
    subscribe(connection, (value) => {
      keep(value);
      if (suits(value)) resolve(value);
    });
  });
}

async function attempt(promise) {
  try {
    return { result: await promise };
  } catch (error) {
    return { error };
  }
}

// Switches the lamp, and resolves when the entities show it.
async function turn(state) {
  const changed = new Promise((resolve) => {
    const unsubscribe = subscribeEntities(connection, (entities) => {
      if (entities[lamp]?.state !== state) return;
      setTimeout(() => unsubscribe());
      resolve();
    });
  });
  await callService(connection, "light", `turn_${state}`, {}, { entity_id: lamp });
  await changed;
  held.lamp.push(state);
}

await connection.subscribeEvents((event) => held.events.push(event), "state_changed");
await until(subscribeEntities, (entities) => lamp in entities, (entities) => held.entities.push(entities));
held.config = await until(subscribeConfig, Boolean, () => {});
held.services = await until(subscribeServices, (services) => "light" in services, () => {});
held.got = await Promise.all([getStates, getConfig, getServices].map((get) => get(connection)));
held.user = await getUser(connection);
await turn("on");
await turn("off");
held.elsewhere = await attempt(callService(connection, "light", "turn_on", {}, { entity_id: otherLamp }));
await connection.ping();
await new Promise((resolve) => setTimeout(resolve, 500)); // for changes elsewhere to arrive
connection.close();
console.log(JSON.stringify(held));
