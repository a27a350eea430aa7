import type { Message, ModelRequest } from '../models/port.ts';

/** Characters of a message, as far as a model is sent them. */
export function charactersOf(message: Message): number {
  if (message.role !== 'assistant') return message.text.length;
  return message.calls.reduce(
    (sum, { id, name, arguments: given, kept }) => sum + id.length + name.length + given.length + keptLength(kept),
    message.text.length + keptLength(message.kept),
  );
}

export function charactersOfAll(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + charactersOf(message), 0);
}

/** How much a request sends, in characters. */
export function charactersOfRequest({ messages, tools }: ModelRequest): number {
  return charactersOfAll(messages) + (tools.length === 0 ? 0 : JSON.stringify(tools).length);
}

function keptLength(kept: { json: string } | undefined): number {
  return kept?.json.length ?? 0;
}

const MARKS = ['', 'K', 'M', 'G'] as const;

/** A number of characters as a size: "812 characters", "12 KB". */
export function sizeWords(characters: number): string {
  let [value, unit] = [characters, 0];
  while (value >= 1000 && unit < MARKS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return unit === 0
    ? `${characters} characters`
    : `${value < 10 ? value.toFixed(1) : Math.round(value)} ${MARKS[unit]}B`;
}
