/** What a program may move the cursor to, in columns: what lies beyond is at the edge. */
const WIDEST = 4096;

/** Text; control sequences (ECMA-48): CSI, OSC and the other strings, short ones; single control characters. */
const PARTS =
  /[^\u0000-\u001F\u007F-\u009F]+|(?:\u001B\[|\u009B)([0-?]*)[ -/]*([@-~])|\u001B[\]PX^_][^\u0007\u001B\u009C]*(?:\u0007|\u009C|\u001B\\)?|\u001B[ -/]*[0-~]|[^]/g;

/**
 * Output as a terminal would leave it: of a line that redraws itself its last state, without colours. What a terminal
 * does not obey stays as it is, to be written out by whoever shows it.
 */
export function onTerminal(output: string): string {
  if (!/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/.test(output)) return output;
  const screen = new Screen();
  for (const [part, parameters, final] of output.matchAll(PARTS)) {
    if (final !== undefined) screen.control(final, parameters ?? '');
    else if (!part.startsWith('\u001B') || part.length === 1) screen.put(part);
  }
  return screen.text();
}

/** The lines so far, and where the next character goes. */
class Screen {
  readonly #lines: string[][] = [[]];
  #row = 0;
  #column = 0;

  text(): string {
    return this.#lines.map((line) => line.join('')).join('\n');
  }

  put(part: string): void {
    switch (part) {
      case '\n':
        this.#down(1);
        this.#column = 0;
        return;
      case '\r':
        this.#column = 0;
        return;
      case '\b':
        this.#column = Math.max(0, this.#column - 1);
        return;
      case '\u0007':
        return;
      case '\f':
      case '\v':
        this.#down(1);
        return;
      default:
        this.#write(part);
    }
  }

  control(final: string, parameters: string): void {
    const [first = ''] = parameters.split(';');
    const count = Math.min(Number.parseInt(first, 10) || 1, WIDEST);
    switch (final) {
      case 'A':
      case 'F':
        this.#row = Math.max(0, this.#row - count);
        break;
      case 'B':
      case 'E':
        this.#down(Math.min(count, this.#lines.length - 1 - this.#row));
        break;
      case 'C':
        this.#column = Math.min(this.#column + count, WIDEST);
        break;
      case 'D':
        this.#column = Math.max(0, this.#column - count);
        break;
      case 'G':
        this.#column = count - 1;
        break;
      case 'H':
      case 'f':
        this.#elsewhere();
        break;
      case 'K':
        this.#erase(first);
        break;
      case 'J':
        if (first === '2' || first === '3') this.#elsewhere();
        if (first !== '' && first !== '0') break;
        this.#lines.length = this.#row + 1;
        this.#erase('0');
        break;
      default:
        return;
    }
    if (final === 'E' || final === 'F') this.#column = 0;
  }

  /** Where on the screen that is, is not known; nothing that was put out is lost: it goes on below. */
  #elsewhere(): void {
    this.#row = this.#lines.length - 1;
    this.#column = 0;
    if (this.#line().length > 0) this.#down(1);
  }

  #down(count: number): void {
    for (let left = count; left > 0; left -= 1) {
      this.#row += 1;
      if (this.#row === this.#lines.length) this.#lines.push([]);
    }
  }

  #write(text: string): void {
    const line = this.#line();
    while (line.length < this.#column) line.push(' ');
    for (const character of text) {
      // What is drawn onto the character before stays with it.
      const before = this.#column - 1;
      if (/^[\p{M}\p{Cf}\p{Emoji_Modifier}]$/u.test(character) && line[before] !== undefined) line[before] += character;
      else {
        line[this.#column] = character;
        this.#column += 1;
      }
    }
  }

  #erase(which: string): void {
    const line = this.#line();
    if (which === '' || which === '0') line.length = Math.min(line.length, this.#column);
    else if (which === '1') line.fill(' ', 0, this.#column + 1);
    else line.length = 0;
  }

  #line(): string[] {
    return (this.#lines[this.#row] ??= []);
  }
}
