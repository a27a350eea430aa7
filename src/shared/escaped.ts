import { exact } from './visible.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text in a page of HTML, between elements or in quotes: none of it is markup, and nothing of it is hidden. */
export function escaped(text: string): string {
  return exact(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
