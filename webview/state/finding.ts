/** The name under which the page's style draws what was found (styles/transcript.css). */
const FOUND = 'found';
const CURRENT = 'found-current';
/** So many places are drawn; more are counted no further. */
export const MOST_FOUND = 1000;

/** Where a text stands in what an element shows, folded parts included; without regard to case. */
export function placesOf(text: string, within: Element): Range[] {
  if (text === '') return [];
  const wanted = text.toLowerCase();
  const found: Range[] = [];
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null && found.length < MOST_FOUND; node = walker.nextNode()) {
    const words = (node.textContent ?? '').toLowerCase();
    // Another case may have another length: then a place could not be told.
    if (words.length !== node.textContent?.length) continue;
    for (
      let at = words.indexOf(wanted);
      at !== -1 && found.length < MOST_FOUND;
      at = words.indexOf(wanted, at + wanted.length)
    ) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      found.push(range);
    }
  }
  return found;
}

/** Which of some places is the same as one that was found before; -1 where it is not among them. */
export function samePlace(places: readonly Range[], place: Range | undefined): number {
  return places.findIndex(
    (one) => one.startContainer === place?.startContainer && one.startOffset === place.startOffset,
  );
}

/** Draws places over the page, which stays as it is. Nothing is drawn where the browser cannot. */
export function drawPlaces(places: readonly Range[], current: Range | undefined): void {
  const { highlights } = CSS as Partial<typeof CSS>;
  if (highlights === undefined) return;
  highlights.set(FOUND, new Highlight(...places));
  if (current === undefined) highlights.delete(CURRENT);
  else highlights.set(CURRENT, new Highlight(current));
}

/** Brings a place into sight; what it is folded in unfolds. */
export function goTo(place: Range): void {
  const element = place.startContainer.parentElement;
  for (
    let fold = element?.closest('details:not([open])');
    fold;
    fold = fold.parentElement?.closest('details:not([open])')
  )
    fold.setAttribute('open', '');
  element?.scrollIntoView({ block: 'center' });
}
