import { declarations, type Declared } from './looks.ts';

const MOST_CHARACTERS = 400_000;
const MOST_RULES = 5000;
/** Rules of several classes at once that are held against an element. */
const MOST_COMPOUND = 20;
const MOST_CLASSES = 30;

interface Compound {
  parts: readonly string[];
  declared: Declared;
}

/**
 * What the `<style>` elements of a page say of elements by name, class and id, also several of these at once (`p.a.b`).
 * What they say by more than that (who stands in whom, states, media) is not looked at.
 */
export class StyleSheets {
  readonly #single = new Map<string, Map<string, string>>();
  readonly #compound = new Map<string, Compound[]>();
  #rules = 0;
  #characters = 0;

  add(text: string): void {
    const css = text.slice(0, Math.max(0, MOST_CHARACTERS - this.#characters)).replace(/\/\*[^]*?(?:\*\/|$)/g, ' ');
    this.#characters += text.length;
    for (const [selectors, body] of topRules(css)) {
      const declared = declarations(body);
      if (declared.size === 0) continue;
      for (const selector of selectors.split(',', 50)) {
        this.#rules += 1;
        if (this.#rules > MOST_RULES) return;
        this.#take(selector.trim(), declared);
      }
    }
  }

  /** What counts of it for an element: ids over classes over names. */
  for(name: string, id: string, classes: string): Declared {
    const keys = [name, ...classNames(classes).map((one) => `.${one}`), ...(id === '' ? [] : [`#${id}`])];
    const all = new Map<string, string>();
    const add = (declared: Declared): void => {
      for (const [property, value] of declared) all.set(property, value);
    };
    for (const key of keys) {
      const single = this.#single.get(key);
      if (single) add(single);
    }
    for (const key of keys)
      for (const { parts, declared } of this.#compound.get(key) ?? [])
        if (parts.every((part) => keys.includes(part))) add(declared);
    return all;
  }

  #take(selector: string, declared: Declared): void {
    const parts = selector.match(/[.#]?[\w-]+/g) ?? [];
    if (parts.length === 0 || parts.length > 6 || parts.join('') !== selector) return;
    const own = parts.map((part) => (/^[.#]/.test(part) ? part : part.toLowerCase()));
    const key = own.at(-1) ?? '';
    if (own.length > 1) {
      const list = this.#compound.get(key) ?? [];
      if (list.length < MOST_COMPOUND) list.push({ parts: own, declared });
      this.#compound.set(key, list);
      return;
    }
    const single = this.#single.get(key) ?? new Map<string, string>();
    for (const [property, value] of declared) single.set(property, value);
    this.#single.set(key, single);
  }
}

function classNames(classes: string): string[] {
  return classes.split(/\s+/, MOST_CLASSES).filter((name) => name !== '');
}

/** Rules that hold always: those inside of others (`@media`, `@supports`) are passed over. */
function* topRules(css: string): Generator<readonly [selectors: string, body: string]> {
  let at = 0;
  for (;;) {
    const open = css.indexOf('{', at);
    if (open < 0) return;
    const before = css.slice(at, open); // with `@import …;` and its like, which have no block
    const head = before.slice(before.lastIndexOf(';') + 1).trim();
    const end = head.startsWith('@') ? afterBlock(css, open) : css.indexOf('}', open) + 1;
    if (!head.startsWith('@')) yield [head.slice(0, 2000), css.slice(open + 1, end === 0 ? undefined : end - 1)];
    if (end === 0) return;
    at = end;
  }
}

/** Behind the brace that closes the one here; 0 where none does. */
function afterBlock(css: string, open: number): number {
  const brace = /[{}]/g;
  brace.lastIndex = open;
  let depth = 0;
  for (let found = brace.exec(css); found; found = brace.exec(css)) {
    depth += found[0] === '{' ? 1 : -1;
    if (depth === 0) return found.index + 1;
  }
  return 0;
}
