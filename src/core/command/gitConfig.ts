export interface ConfigEntry {
  /** Section and name in lower case, the subsection between them as it is written: `filter.LFS.clean`. */
  key: string;
  /** Undefined where only the name is written, which git takes as true. */
  value: string | undefined;
  line: number;
}

/**
 * Reads git's configuration syntax (git-config(1), "Syntax") as git's own reader does (git_parse_source() in config.c).
 * What git itself would refuse, and a NUL, after which git forgets the rest of a value, is a bad line.
 */
export function readGitConfig(text: string): ConfigEntry[] | { badLine: number } {
  try {
    return new Reader(text).entries();
  } catch (error) {
    if (error instanceof BadLine) return { badLine: error.line };
    throw error;
  }
}

class BadLine extends Error {
  readonly line: number;

  constructor(line: number) {
    super(`bad line ${line}`);
    this.line = line;
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['b', '\b'],
  ['n', '\n'],
  ['\\', '\\'],
  ['"', '"'],
]);

class Reader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineOfLast = 1;

  constructor(text: string) {
    this.#text = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  }

  entries(): ConfigEntry[] {
    const entries: ConfigEntry[] = [];
    let stem = '';
    while (this.#at < this.#text.length) {
      const character = this.#next();
      if (isSpace(character)) continue;
      if (character === '#' || character === ';') this.#skipLine();
      else if (character === '[') stem = `${this.#section()}.`;
      else if (/[a-z]/i.test(character)) {
        const line = this.#lineOfLast;
        const { name, value } = this.#variable(character);
        entries.push({ key: stem + name, value, line });
      } else throw this.#bad();
    }
    return entries;
  }

  /** The end of the file reads as the end of a line, however often one asks. */
  #next(): string {
    this.#lineOfLast = this.#line;
    const character = this.#text[this.#at] ?? '\n';
    if (character === '\0') throw this.#bad();
    if (character === '\n') this.#line += 1;
    this.#at += 1;
    return character;
  }

  #bad(): BadLine {
    return new BadLine(this.#lineOfLast);
  }

  #skipLine(): void {
    while (this.#next() !== '\n');
  }

  #section(): string {
    let name = '';
    for (;;) {
      const character = this.#next();
      if (character === ']') {
        if (name === '') throw this.#bad();
        return name;
      }
      if (isSpace(character)) return `${name}.${this.#subsection(character)}`;
      if (!/[a-z0-9.-]/i.test(character)) throw this.#bad();
      name += character.toLowerCase();
    }
  }

  #subsection(space: string): string {
    let character = space;
    while (isSpace(character)) {
      if (character === '\n') throw this.#bad();
      character = this.#next();
    }
    if (character !== '"') throw this.#bad();
    let name = '';
    for (;;) {
      character = this.#next();
      if (character === '"') break;
      // A backslash makes any character mean itself, except the end of the line.
      if (character === '\\') character = this.#next();
      if (character === '\n') throw this.#bad();
      name += character;
    }
    if (this.#next() !== ']') throw this.#bad();
    return name;
  }

  #variable(first: string): { name: string; value: string | undefined } {
    let name = first.toLowerCase();
    let character = this.#next();
    for (; /[a-z0-9-]/i.test(character); character = this.#next()) name += character.toLowerCase();
    while (character === ' ' || character === '\t') character = this.#next();
    if (character === '\n') return { name, value: undefined };
    if (character !== '=') throw this.#bad();
    return { name, value: this.#value() };
  }

  /** White space inside a value stays as it is written, as since git 2.45; before, each became a space. */
  #value(): string {
    let value = '';
    let isQuoted = false;
    let trimmed: number | undefined;
    for (;;) {
      const character = this.#next();
      if (character === '\n') {
        if (isQuoted) throw this.#bad();
        return value.slice(0, trimmed);
      }
      if (isSpace(character) && !isQuoted) {
        trimmed ??= value.length;
        if (value !== '') value += character;
        continue;
      }
      if (!isQuoted && (character === '#' || character === ';')) {
        this.#skipLine();
        return value.slice(0, trimmed);
      }
      trimmed = undefined;
      if (character === '"') isQuoted = !isQuoted;
      else if (character === '\\') value += this.#escaped();
      else value += character;
    }
  }

  #escaped(): string {
    const character = this.#next();
    if (character === '\n') return ''; // the value goes on in the next line
    const meant = ESCAPES.get(character);
    if (meant === undefined) throw this.#bad();
    return meant;
  }
}

/** As git's own isspace(): vertical tabs and form feeds are no white space. */
function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}
