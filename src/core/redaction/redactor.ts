import { credentialBegunAtEnd, withoutCredentials } from './credentialsInText.ts';
import { isOrdinary, SHORTEST } from './ordinary.ts';
import { LikelyMask } from './likely.ts';
import { A_MASK, MASK } from './placeholder.ts';
import { keyBegunAtEnd } from './privateKeys.ts';

/** A value that must never be shown, and the name that stands for it. */
export interface Secret {
  name: string;
  value: string;
}

/** One way in which a secret may appear; `wrapped` matches it with line ends in it, as `base64` and `xxd` write them. */
interface Form {
  form: string;
  /** Undefined for one that nobody named: it is masked in what is read alone, never in what is to be done. */
  name: string | undefined;
  wrapped?: RegExp;
}

/** A text in which secrets are masked, and how many were. */
export interface Masked {
  text: string;
  masked: number;
}

const SHORTEST_LINE = 16;
const SHORTEST_WRAPPED = 20;
/** How far back the beginning of one that is written over several lines is looked for. */
const MOST_WRAPPED = 16_384;

/**
 * Replaces secrets by `[redacted:NAME]`, in plain text and as they look in base64, URL encoding, JSON and hex.
 * Longer forms go first, so that no part of one survives inside another. Credentials that nobody named are replaced by
 * `[redacted]` where they stand in addresses and headers; likely secrets of known kinds by `[redacted:KIND]` wherever they
 * stand (likely.ts). The last two are never all that there are.
 */
export class Redactor {
  #forms: Form[] = [];
  readonly #likely = new LikelyMask();
  readonly #known = new Set<string>();
  readonly #shown = new Set<string>();

  /** To be waited for before what tools print is masked: then likely secrets are found, too. */
  loadRules(): Promise<void> {
    return this.#likely.load();
  }

  add(secret: Secret): void {
    this.#add(secret.value, secret.name);
  }

  /** A credential that was found and that nobody named: masked wherever what is shown to the model has it. */
  addFound(value: string): void {
    this.#add(value, undefined);
  }

  #add(value: string, name: string | undefined): void {
    // Found first and named later, it is masked in what is to be done, too.
    const key = `${name === undefined ? 'found' : 'named'} ${value}`;
    if (isOrdinary(value) || this.#known.has(key)) return;
    this.#known.add(key);
    for (const [form, wraps] of formsOf(value))
      this.#forms.push({
        form,
        name,
        ...(wraps && form.length >= SHORTEST_WRAPPED && { wrapped: wrappedForm(form) }),
      });
    this.#forms.sort((a, b) => b.form.length - a.form.length);
  }

  /** What is shown to the model and kept in the log. */
  text(text: string): string {
    return this.mask(text).text;
  }

  /** The same, with how many secrets were masked in it. */
  mask(text: string): Masked {
    const named = withoutAny(this.#masked(text, this.#forms), false);
    const likely = this.#likely.mask(named.text);
    const masked = { text: likely.text, masked: named.masked + likely.masked };
    if (masked.masked > 0)
      for (const [mask] of masked.text.matchAll(A_MASK)) if (!text.includes(mask)) this.#shown.add(mask);
    return masked;
  }

  /** Whether this mask, `[redacted:NAME]`, took the place of something that was shown. */
  hasShown(mask: string): boolean {
    return this.#shown.has(mask);
  }

  /** Whether there is something in a text that would be masked. */
  masks(text: string): boolean {
    return this.text(text) !== text;
  }

  /** Only the secrets that are known by name: for what the model itself says is to be done, which must stay as it is. */
  named(text: string): string {
    return this.#withoutNamed(text).text;
  }

  #withoutNamed(text: string): Masked {
    return this.#masked(
      text,
      this.#forms.filter(({ name }) => name !== undefined),
    );
  }

  #masked(text: string, forms: readonly Form[]): Masked {
    let shown = text;
    let masked = 0;
    for (const { form, name, wrapped } of forms) {
      const mask = (): string => {
        masked += 1;
        return name === undefined ? MASK : `[redacted:${name}]`;
      };
      if (shown.includes(form)) shown = shown.replaceAll(form, mask);
      // One line end at most falls into the first characters of a form: a cheap look before the dear one.
      if (wrapped && (shown.includes(form.slice(0, 8)) || shown.includes(form.slice(8, 16))))
        shown = shown.replace(wrapped, mask);
    }
    return { text: shown, masked };
  }

  /** The same for a text that still grows: an end that may turn out to be the beginning of a secret is held back. */
  growing(text: string): string {
    return this.maskGrowing(text).text;
  }

  /** The same, with how many secrets were masked in it. */
  maskGrowing(text: string): Masked {
    const { text: shown, masked } = this.mask(text);
    let held = Math.max(credentialBegunAtEnd(shown), keyBegunAtEnd(shown));
    for (const { form } of this.#forms) held = Math.max(held, begunAtEnd(form, shown));
    return { text: shown.slice(0, shown.length - held), masked };
  }

  /**
   * How many characters at the end of a growing text have to wait: what follows may make a secret of them, also one that
   * is written over several lines.
   */
  heldBack(text: string): number {
    const end = text.slice(-MOST_WRAPPED);
    const joined = end.replace(/\r?\n/g, '');
    let held = Math.max(credentialBegunAtEnd(text), keyBegunAtEnd(text));
    for (const { form, wrapped } of this.#forms) {
      held = Math.max(held, begunAtEnd(form, text));
      if (wrapped) held = Math.max(held, lengthWithLineEnds(end, begunAtEnd(form, joined)));
    }
    return held;
  }

  /**
   * For every string inside a JSON value, keys included. Such values tell what is done (cards, records of actions): a
   * password with characters that a shell acts on stays, or its mask could hide a command.
   */
  json<T>(value: T): T {
    return this.#visit(value) as T;
  }

  #visit(value: unknown): unknown {
    if (typeof value === 'string') return withoutAny(this.#withoutNamed(value), true).text;
    if (Array.isArray(value)) return value.map((item) => this.#visit(item));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.#visit(key), this.#visit(item)]));
    return value;
  }
}

/** Also without the credentials that nobody named. */
function withoutAny({ text, masked: before }: Masked, inertOnly: boolean): Masked {
  let masked = before;
  const shown = withoutCredentials(text, inertOnly, () => {
    masked += 1;
  });
  return { text: shown, masked };
}

/** How many characters at the end of a text are the beginning of a form: the most there can be, but not all of it. */
function begunAtEnd(form: string, text: string): number {
  const end = text.slice(-(form.length - 1));
  // Only where the form's first character stands can it begin.
  for (let at = end.indexOf(form.charAt(0)); at !== -1; at = end.indexOf(form.charAt(0), at + 1))
    if (form.startsWith(end.slice(at))) return end.length - at;
  return 0;
}

/** How many characters of a text's end have so many that are no line ends. */
function lengthWithLineEnds(text: string, count: number): number {
  let at = text.length;
  for (let left = count; left > 0 && at > 0; at -= 1) if (!/[\r\n]/.test(text.charAt(at - 1))) left -= 1;
  return text.length - at;
}

/** Each form of a value, and whether programs write it over several lines. A value of several lines (a private key)
 * is also met line by line; what every such value begins and ends with is no secret. */
function formsOf(value: string): Map<string, boolean> {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
  const forms = new Map<string, boolean>();
  for (const part of [value, ...(lines.length > 1 ? lines : [])])
    for (const [form, wraps] of encodingsOf(part)) if (form.length >= SHORTEST) forms.set(form, wraps);
  return forms;
}

function encodingsOf(value: string): [form: string, wraps: boolean][] {
  const bytes = new TextEncoder().encode(value);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const url = encodeURIComponent(value);
  const base64 = base64Forms(bytes);
  return [
    ...[hex, hex.toUpperCase(), ...base64, ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))].map(
      (form): [string, boolean] => [form, true],
    ),
    ...[url, url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()), JSON.stringify(value).slice(1, -1), value].map(
      (form): [string, boolean] => [form, false],
    ),
  ];
}

function wrappedForm(form: string): RegExp {
  const characters = [...form].map((character) => character.replace(/[+/]/, '\\$&'));
  return new RegExp(characters.join('(?:\\r?\\n)?'), 'g');
}

/** Base64 depends on where in three bytes a text starts: the inner part of each of the three alignments. */
function base64Forms(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((shift) => {
    const padded = '\0'.repeat(shift) + Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    const encoded = btoa(padded).replace(/=+$/, '');
    const start = shift === 0 ? 0 : shift + 1;
    const end = (shift + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    return encoded.slice(start, end);
  });
}
