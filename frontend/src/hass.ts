/** What the panel uses of Home Assistant's frontend. */

export interface Connection {
  readonly connected: boolean;
  addEventListener(type: "ready" | "disconnected", listener: () => void): void;
  removeEventListener(type: "ready" | "disconnected", listener: () => void): void;
  subscribeMessage(
    callback: (message: never) => void,
    message: Command,
    options: { resubscribe: boolean },
  ): Promise<() => Promise<void>>;
}

export interface Command {
  type: string;
  [field: string]: unknown;
}

export interface Locale {
  language: string;
  time_format?: "language" | "system" | "12" | "24";
  time_zone?: "local" | "server";
}

export type Localize = (key: string) => string;

export interface Named {
  name?: string | null;
  area_id?: string | null;
}

export interface Hass {
  connection: Connection;
  callWS<T>(message: Command): Promise<T>;
  loadBackendTranslation?(category: string): Promise<Localize>;
  locale: Locale;
  config: { time_zone: string };
  themes?: { darkMode?: boolean };
  dockedSidebar?: "docked" | "always_hidden" | "auto";
  states: Record<string, { entity_id: string; attributes: { friendly_name?: string } } | undefined>;
  entities?: Record<string, (Named & { device_id?: string | null }) | undefined>;
  devices?: Record<string, Named | undefined>;
  areas?: Record<string, Named | undefined>;
  services?: Record<string, Record<string, unknown> | undefined>;
}

/** The area of an entity: its own, or that of its device. */
export function areaOf(hass: Hass, entityId: string): string | null {
  const entity = hass.entities?.[entityId];
  return entity?.area_id ?? (entity?.device_id ? hass.devices?.[entity.device_id]?.area_id : null) ?? null;
}

export function nameOf(hass: Hass, entityId: string): string {
  return hass.states[entityId]?.attributes.friendly_name ?? entityId;
}

export function areaName(hass: Hass, areaId: string): string {
  return hass.areas?.[areaId]?.name ?? areaId;
}
