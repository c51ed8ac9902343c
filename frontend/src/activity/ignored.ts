/** Refusals that this browser does not show, by their signature. */

const STORE = "drawbridge-ignored";
const MAX_IGNORED = 200;

export class Ignored {
  private signatures: Set<string>;

  constructor() {
    this.signatures = new Set(read());
  }

  has(signature: string): boolean {
    return this.signatures.has(signature);
  }

  add(signature: string): void {
    this.signatures = new Set([...this.signatures, signature].slice(-MAX_IGNORED));
    this.write();
  }

  clear(): void {
    this.signatures.clear();
    this.write();
  }

  private write(): void {
    try {
      localStorage.setItem(STORE, JSON.stringify([...this.signatures]));
    } catch {
      // Without storage, they are ignored until the page is left.
    }
  }
}

function read(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORE) ?? "[]");
    return Array.isArray(stored) ? stored.filter((item): item is string => typeof item === "string") : [];
  } catch {
    return [];
  }
}
