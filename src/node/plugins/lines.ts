/** One message of the protocol; a listing of a hundred tools has some 100 kB. */
const MOST_OF_LINE = 4 * 2 ** 20;
/** Brackets within brackets: what is deeper would be too deep for whoever walks through it. */
const MOST_DEPTH = 100;

/** Cuts what a program writes into lines. What is longer than a message may be is no line, and ends it. */
export class Lines {
  #parts: Buffer[] = [];
  #size = 0;

  /** Undefined where a line is too long. */
  take(chunk: Uint8Array): string[] | undefined {
    const lines: string[] = [];
    let rest = Buffer.from(chunk);
    for (;;) {
      const end = rest.indexOf(0x0a);
      const part = end === -1 ? rest : rest.subarray(0, end);
      this.#size += part.length;
      if (this.#size > MOST_OF_LINE) return undefined;
      this.#parts.push(part);
      if (end === -1) return lines;
      lines.push(Buffer.concat(this.#parts).toString('utf8').replace(/\r$/, ''));
      this.#parts = [];
      this.#size = 0;
      rest = rest.subarray(end + 1);
    }
  }
}

/** What a line holds; undefined where it is no JSON, or deeper than anybody would write it. */
export function messageIn(line: string): unknown {
  if (isTooDeep(line)) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Before it is parsed: brackets outside of texts, counted. */
function isTooDeep(line: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (isInText) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) isInText = false;
    } else if (code === 0x22) isInText = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > MOST_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}
