// The sign-in page. The key is sent once, in the body of a request, and kept nowhere.
"use strict";

const TEXTS = {
  en: {
    title: "Sign in",
    intro: "Enter the key that you were given for this home.",
    key: "Key",
    show: "Show the key",
    remember: "Stay signed in on this device",
    scan: "Scan a QR code",
    submit: "Sign in",
    camera: "Hold the QR code in front of the camera",
    cancel: "Cancel",
    empty: "Enter a key.",
    key_malformed: "This is not a complete key. A key begins with dbk_ and is 53 characters long.",
    key_unknown: "This key is not valid. It may have been replaced or removed. Ask for a new one.",
    key_expired: "This key has expired. Ask for a new one.",
    key_disabled: "This key is turned off. Ask whoever gave it to you.",
    network: "This key may not be used from this network. Connect to the network of the home.",
    certificate: "This key belongs to another device.",
    capability: "This key is for programs and does not open these pages.",
    rate_limited: "This key was used too often in the last minute. Try again soon.",
    locked_out: "There were too many wrong keys. Try again later.",
    unavailable: "Home Assistant is starting. Try again soon.",
    offline: "Home Assistant cannot be reached. Check the connection and try again.",
    redirect: "This link is not valid here. Open the address of this home instead.",
    no_camera: "The camera cannot be used. Type the key instead.",
    failed: "Signing in did not work. Try again.",
  },
  de: {
    title: "Anmelden",
    intro: "Gib den Schlüssel ein, den du für dieses Zuhause bekommen hast.",
    key: "Schlüssel",
    show: "Schlüssel anzeigen",
    remember: "Auf diesem Gerät angemeldet bleiben",
    scan: "QR-Code scannen",
    submit: "Anmelden",
    camera: "Halte den QR-Code vor die Kamera",
    cancel: "Abbrechen",
    empty: "Gib einen Schlüssel ein.",
    key_malformed: "Das ist kein vollständiger Schlüssel. Er beginnt mit dbk_ und ist 53 Zeichen lang.",
    key_unknown: "Dieser Schlüssel ist ungültig. Vielleicht wurde er ersetzt oder entfernt. Bitte um einen neuen.",
    key_expired: "Dieser Schlüssel ist abgelaufen. Bitte um einen neuen.",
    key_disabled: "Dieser Schlüssel ist abgeschaltet. Frage die Person, die ihn dir gegeben hat.",
    network: "Dieser Schlüssel gilt nicht in diesem Netzwerk. Verbinde dich mit dem Netzwerk des Zuhauses.",
    certificate: "Dieser Schlüssel gehört zu einem anderen Gerät.",
    capability: "Dieser Schlüssel ist für Programme und öffnet diese Seiten nicht.",
    rate_limited: "Dieser Schlüssel wurde in der letzten Minute zu oft benutzt. Versuche es bald wieder.",
    locked_out: "Es gab zu viele falsche Schlüssel. Versuche es später wieder.",
    unavailable: "Home Assistant startet gerade. Versuche es bald wieder.",
    offline: "Home Assistant ist nicht erreichbar. Prüfe die Verbindung und versuche es wieder.",
    redirect: "Dieser Link gilt hier nicht. Öffne stattdessen die Adresse dieses Zuhauses.",
    no_camera: "Die Kamera kann nicht benutzt werden. Gib den Schlüssel ein.",
    failed: "Die Anmeldung hat nicht geklappt. Versuche es wieder.",
  },
  nl: {
    title: "Aanmelden",
    intro: "Voer de sleutel in die je voor dit huis hebt gekregen.",
    key: "Sleutel",
    show: "Sleutel tonen",
    remember: "Aangemeld blijven op dit apparaat",
    scan: "QR-code scannen",
    submit: "Aanmelden",
    camera: "Houd de QR-code voor de camera",
    cancel: "Annuleren",
    empty: "Voer een sleutel in.",
    key_malformed: "Dit is geen volledige sleutel. Een sleutel begint met dbk_ en is 53 tekens lang.",
    key_unknown: "Deze sleutel is niet geldig. Misschien is hij vervangen of verwijderd. Vraag om een nieuwe.",
    key_expired: "Deze sleutel is verlopen. Vraag om een nieuwe.",
    key_disabled: "Deze sleutel is uitgeschakeld. Vraag het aan wie hem je gaf.",
    network: "Deze sleutel mag niet vanuit dit netwerk worden gebruikt. Verbind met het netwerk van het huis.",
    certificate: "Deze sleutel hoort bij een ander apparaat.",
    capability: "Deze sleutel is voor programma's en opent deze pagina's niet.",
    rate_limited: "Deze sleutel is de afgelopen minuut te vaak gebruikt. Probeer het zo weer.",
    locked_out: "Er waren te veel verkeerde sleutels. Probeer het later weer.",
    unavailable: "Home Assistant start op. Probeer het zo weer.",
    offline: "Home Assistant is niet bereikbaar. Controleer de verbinding en probeer het weer.",
    redirect: "Deze link is hier niet geldig. Open in plaats daarvan het adres van dit huis.",
    no_camera: "De camera kan niet worden gebruikt. Typ de sleutel.",
    failed: "Aanmelden is niet gelukt. Probeer het opnieuw.",
  },
};

const language = navigator.languages.map((item) => item.slice(0, 2)).find((item) => item in TEXTS) ?? "en";
const texts = TEXTS[language];
const element = (id) => document.getElementById(id);
const KEY = /dbk_[0-9A-Za-z]{49}/;

// A link carries the key in its fragment, which browsers send to no server. Take it out of the address at once.
const linked = KEY.exec(location.hash)?.[0] ?? null;
if (location.hash) history.replaceState(null, "", location.pathname + location.search);

function translate() {
  document.documentElement.lang = language;
  document.title = texts.title;
  for (const item of document.querySelectorAll("[data-text]")) item.textContent = texts[item.dataset.text];
}

// What the pages ask for, or what they would ask for if a link was opened.
function request() {
  const asked = new URLSearchParams(location.search);
  const clientId = `${location.origin}/`;
  if (!asked.has("redirect_uri")) {
    const state = btoa(JSON.stringify({ hassUrl: location.origin, clientId }));
    return { clientId, redirectUri: `${location.origin}/?auth_callback=1`, state };
  }
  return {
    clientId: asked.get("client_id") ?? "",
    redirectUri: asked.get("redirect_uri"),
    state: asked.get("state"),
    challenge: asked.get("code_challenge"),
    method: asked.get("code_challenge_method"),
  };
}

function leadsHere(url) {
  try {
    return new URL(url).origin === location.origin;
  } catch {
    return false;
  }
}

function show(problem) {
  element("problem").textContent = problem;
  element("key").setAttribute("aria-invalid", problem ? "true" : "false");
}

async function signIn(key) {
  const asked = request();
  if (!leadsHere(asked.redirectUri) || !leadsHere(asked.clientId)) return show(texts.redirect);
  if (!key) return show(texts.empty);
  show("");
  element("submit").disabled = true;
  try {
    const remember = element("remember").checked;
    const response = await fetch("/auth/sign-in", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      body: JSON.stringify({
        key,
        client_id: asked.clientId,
        redirect_uri: asked.redirectUri,
        code_challenge: asked.challenge ?? undefined,
        code_challenge_method: asked.method ?? undefined,
        remember,
      }),
    });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return goOn(asked, answer.code, remember);
    show(texts[answer.reason] ?? texts.failed);
  } catch {
    show(texts.offline);
  }
  element("submit").disabled = false;
  element("key").focus();
}

function goOn(asked, code, remember) {
  const target = new URL(asked.redirectUri);
  target.searchParams.set("code", code);
  if (asked.state) target.searchParams.set("state", asked.state);
  if (remember) target.searchParams.set("storeToken", "true");
  location.replace(target);
}

async function scan() {
  const dialog = element("camera");
  const video = element("video");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    return show(texts.no_camera);
  }
  const end = () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    stream = null;
  };
  dialog.addEventListener("close", end, { once: true });
  dialog.showModal();
  video.srcObject = stream;
  await video.play();
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  while (stream) {
    const codes = await detector.detect(video).catch(() => []);
    const key = codes.map((code) => KEY.exec(code.rawValue)?.[0]).find(Boolean);
    if (key) {
      dialog.close();
      element("key").value = key;
      return signIn(key);
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

translate();
element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  signIn(element("key").value.trim());
});
element("show").addEventListener("change", (event) => {
  element("key").type = event.target.checked ? "text" : "password";
});
if ("BarcodeDetector" in window && navigator.mediaDevices) {
  element("scan").hidden = false;
  element("scan").addEventListener("click", scan);
  element("stop").addEventListener("click", () => element("camera").close());
}
if (linked) {
  element("key").value = linked;
  signIn(linked);
} else {
  element("key").focus();
}
