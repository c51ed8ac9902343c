/** Texts, times and numbers in the language of the user. */

import type { Hass, Locale } from "./hass";
import { de } from "./texts/de";
import { en } from "./texts/en";
import { nl } from "./texts/nl";

export type TextKey = keyof typeof en;
type PluralKey = { [Name in TextKey]: Name extends `${infer Stem}_other` ? Stem : never }[TextKey];
type Values = Record<string, string | number | undefined>;

const TEXTS: Record<string, Record<TextKey, string> | undefined> = { en, de, nl };

let texts: Record<TextKey, string> = en;
let language = "en";
let hour12: boolean | undefined;
let timeZone: string | undefined;

/** Use the language and the formats of the user from now on. */
export function useLocale(hass: Hass): void {
  language = hass.locale.language;
  texts = TEXTS[language.split("-")[0] ?? ""] ?? en;
  hour12 = { "12": true, "24": false }[clock(hass.locale)];
  timeZone = hass.locale.time_zone === "server" ? hass.config.time_zone : undefined;
}

function clock(locale: Locale): string {
  return locale.time_format ?? "language";
}

/** A text, with values for its placeholders. */
export function t(key: TextKey, values: Values = {}): string {
  return texts[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A text for a number of things. */
export function plural(stem: PluralKey, count: number, values: Values = {}): string {
  const form = new Intl.PluralRules(language).select(count) === "one" ? "one" : "other";
  return t(`${stem}_${form}`, { count: number(count), ...values });
}

/** The text of a word of the bridge, if the panel knows it. */
export function known(kind: string, name: string, values: Values = {}): string | undefined {
  const key = `${kind}_${name}`;
  return key in texts ? t(key as TextKey, values) : undefined;
}

/** The text of a word of the bridge, or the word itself. */
export function word(kind: string, name: string): string {
  return known(kind, name) ?? name.replaceAll("_", " ");
}

export function number(value: number): string {
  return value.toLocaleString(language);
}

function format(seconds: number, options: Intl.DateTimeFormatOptions): string {
  const whole = {
    ...options,
    ...(options.hour !== undefined && hour12 !== undefined ? { hour12 } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
  return new Intl.DateTimeFormat(language, whole).format(seconds * 1000);
}

/** The time of a moment, with its date unless it is today. */
export function moment(seconds: number): string {
  const time = format(seconds, { hour: "numeric", minute: "2-digit", second: "2-digit" });
  const day = (value: number): string => format(value, { year: "numeric", month: "numeric", day: "numeric" });
  if (day(seconds) === day(Date.now() / 1000)) return time;
  return `${format(seconds, { month: "short", day: "numeric" })}, ${time}`;
}

export function dateAndTime(seconds: number): string {
  return format(seconds, { dateStyle: "medium", timeStyle: "short" });
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

/** How far away a moment is, such as "3 days ago". */
export function relative(seconds: number): string {
  const distance = seconds - Date.now() / 1000;
  const [unit, length] = STEPS.find(([, step]) => Math.abs(distance) >= step) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.trunc(distance / length), unit);
}

const BY_CODE: Record<string, TextKey | undefined> = {
  unauthorized: "error_unauthorized",
  not_loaded: "error_not_loaded",
  not_found: "error_not_found",
  unknown_command: "error_unknown_command",
  timeout: "error_timeout",
  "3": "error_offline",
};

/** What went wrong, in words. */
export function errorText(error: unknown): string {
  const { code, message, name, values } = details(error);
  const byCode = BY_CODE[code];
  return known("error", name, values) ?? (byCode === undefined ? message || t("error_unknown") : t(byCode));
}

interface Details {
  code: string;
  message: string;
  /** The name of a text for this error. Not every error has one. */
  name: string;
  values: Values;
}

function details(error: unknown): Details {
  if (typeof error !== "object" || error === null) return { code: String(error), message: "", name: "", values: {} };
  const { code, message, translation_key, translation_placeholders } = error as Record<string, unknown>;
  return {
    code: String(code),
    message: typeof message === "string" ? message : "",
    name: typeof translation_key === "string" ? translation_key : "",
    values: (translation_placeholders ?? {}) as Values,
  };
}
