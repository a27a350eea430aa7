import { A_MASK } from './placeholder.ts';
import type { LikelySecret } from './secretRules.ts';

/** Texts of which secrets are remembered by their mask: more are masked as well, and not told apart. */
const MOST_KNOWN = 10_000;

/**
 * Masks what looks like a secret that nobody named, by the rules of a maintained set: `[redacted:github-pat]`. The same
 * secret has the same mask as long as this lives, and another one of its kind has another: `[redacted:github-pat 2]`.
 */
export class LikelyMask {
  #find: ((text: string) => LikelySecret[]) | undefined;
  readonly #masks = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The rules and their engine are loaded with the first run, before it calls any tool: without them nothing is found. */
  async load(): Promise<void> {
    this.#find ??= (await import('./secretRules.ts')).likelySecrets;
  }

  mask(text: string): { text: string; masked: number } {
    const found = this.#find?.(text) ?? [];
    if (found.length === 0) return { text, masked: 0 };
    const masks = [...text.matchAll(A_MASK)].map(({ 0: mask, index }) => ({ start: index, end: index + mask.length }));
    let shown = '';
    let at = 0;
    let masked = 0;
    for (const { start, end, rule } of found) {
      if (masks.some((one) => start < one.end && end > one.start)) continue; // a mask is no secret
      shown += text.slice(at, start) + this.#maskOf(rule, text.slice(start, end));
      at = end;
      masked += 1;
    }
    return { text: shown + text.slice(at), masked };
  }

  #maskOf(rule: string, value: string): string {
    const key = `${rule} ${value}`;
    const known = this.#masks.get(key);
    if (known !== undefined) return known;
    if (this.#masks.size >= MOST_KNOWN) return `[redacted:${rule}]`;
    const number = (this.#counts.get(rule) ?? 0) + 1;
    this.#counts.set(rule, number);
    const mask = number === 1 ? `[redacted:${rule}]` : `[redacted:${rule} ${number}]`;
    this.#masks.set(key, mask);
    return mask;
  }
}
