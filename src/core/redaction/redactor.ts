/** A value that must never be shown, and the name that stands for it. */
export interface Secret {
  name: string;
  value: string;
}

const SHORTEST = 6; // shorter values would mask ordinary words

/**
 * Replaces secrets by `[redacted:NAME]`, in plain text and as they look in base64, URL encoding, JSON and hex.
 * Longer forms go first, so that no part of one survives inside another.
 */
export class Redactor {
  #forms: { form: string; name: string }[] = [];
  readonly #known = new Set<string>();

  add(secret: Secret): void {
    if (secret.value.length < SHORTEST || this.#known.has(secret.value)) return;
    this.#known.add(secret.value);
    for (const form of formsOf(secret.value)) this.#forms.push({ form, name: secret.name });
    this.#forms.sort((a, b) => b.form.length - a.form.length);
  }

  text(text: string): string {
    let shown = text;
    for (const { form, name } of this.#forms)
      if (shown.includes(form)) shown = shown.replaceAll(form, `[redacted:${name}]`);
    return shown;
  }

  /** The same for every string inside a JSON value, keys included. */
  json<T>(value: T): T {
    return this.#visit(value) as T;
  }

  #visit(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#visit(item));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.#visit(item)]));
    return value;
  }
}

function formsOf(value: string): Set<string> {
  const bytes = new TextEncoder().encode(value);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const forms = new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), hex, hex.toUpperCase()]);
  for (const form of base64Forms(bytes)) {
    forms.add(form);
    forms.add(form.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return new Set([...forms].filter((form) => form.length >= SHORTEST));
}

/** Base64 depends on where in three bytes a text starts: the inner part of each of the three alignments. */
function base64Forms(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((shift) => {
    const padded = String.fromCharCode(...new Array<number>(shift).fill(0), ...bytes);
    const encoded = btoa(padded).replace(/=+$/, '');
    const start = shift === 0 ? 0 : shift + 1;
    const end = (shift + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    return encoded.slice(start, end);
  });
}
