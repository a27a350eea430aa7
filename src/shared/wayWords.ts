// What the ways of working are called. Loaded with the editor: it stands on nothing.

/** From the strictest to the loosest. */
export const WAYS = ['look', 'ask', 'review'] as const;
export type Way = (typeof WAYS)[number];

interface WayWords {
  name: string;
  about: string;
  /** A codicon's name. */
  icon: string;
}

export const WAY_WORDS: Record<Way, WayWords> = {
  look: { name: 'Look only', icon: 'eye', about: 'Reads, searches and plans. Nothing is changed.' },
  ask: { name: 'Ask', icon: 'person', about: 'You are asked before anything is changed.' },
  review: {
    name: 'Review afterwards',
    icon: 'checklist',
    about: 'What can be undone whole runs without a question; you review it at the end. All else asks.',
  },
};

export function isLooser(way: Way, than: Way): boolean {
  return WAYS.indexOf(way) > WAYS.indexOf(than);
}

/** `who`: `You`, or `Your policy`. */
export function wayChangedWords(who: string, way: Way): string {
  return `${who} changed the way of this run to ${WAY_WORDS[way].name}.`;
}
