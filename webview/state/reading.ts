/** A part of a line of a card from top to bottom, in pixels from its own top. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Fractions of a pixel that a layout rounds away. */
const SLACK = 2;

/** What of a line has been in sight so far. What was jumped over was not: parts that do not meet make no whole. */
export function seenSoFar(before: Span | undefined, now: Span | undefined): Span | undefined {
  if (now === undefined || now.to <= now.from) return before;
  if (before === undefined) return now;
  if (now.from > before.to + SLACK || now.to < before.from - SLACK) {
    // The reader began anew elsewhere: from the top, for so a line is read.
    return now.from < before.from ? now : before;
  }
  return { from: Math.min(before.from, now.from), to: Math.max(before.to, now.to) };
}

export function isSeen(seen: Span | undefined, height: number): boolean {
  return seen !== undefined && seen.from <= SLACK && seen.to >= height - SLACK;
}

/** Keeps which lines of a card have been in sight. A line that is drawn with another height is another line. */
export class Reading {
  readonly #seen = new Map<Element, { readonly height: number; readonly span: Span | undefined }>();

  /** Looks at the card as it stands now; returns how many of the lines that must be seen were not, so far. */
  look(card: Element): number {
    let left = 0;
    const frames = new Map<Element, Span>();
    for (const line of card.querySelectorAll('[data-must-see]')) {
      const box = line.getBoundingClientRect();
      const before = this.#seen.get(line);
      const known = before && Math.abs(before.height - box.height) <= SLACK ? before.span : undefined;
      if (isSeen(known, box.height)) continue;
      const around = line.parentElement ?? card;
      const frame = frames.get(around) ?? frameOf(around, card);
      frames.set(around, frame);
      const span = seenSoFar(known, inSight(box, frame));
      this.#seen.set(line, { height: box.height, span });
      if (!isSeen(span, box.height)) left += 1;
    }
    return left;
  }
}

/** The part of a line that neither the page nor anything around it that scrolls hides now. */
function inSight(box: DOMRect, frame: Span): Span | undefined {
  const [top, bottom] = [Math.max(box.top, frame.from), Math.min(box.bottom, frame.to)];
  return bottom <= top ? undefined : { from: top - box.top, to: bottom - box.top };
}

/** What of the page shows what stands in an element, from top to bottom. */
function frameOf(element: Element, card: Element): Span {
  let [from, to] = [0, window.innerHeight];
  for (let around: Element | null = element; around !== null; around = around.parentElement) {
    if (around.scrollHeight <= around.clientHeight && card.contains(around)) continue;
    const { top, bottom } = around.getBoundingClientRect();
    [from, to] = [Math.max(from, top), Math.min(to, bottom)];
  }
  return { from, to };
}
