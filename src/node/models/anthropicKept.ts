import type { Kept } from '../../core/models/port.ts';
import { keptOf } from './keptFields.ts';

/** A block of a reply, as it came: what its type is, and whatever else its server says of it. */
export type Block = Record<string, unknown> & { type: string };

/** Blocks that the conversation has anyway. */
const TOLD = ['text', 'tool_use'];
const CALL_PLACE: Block = { type: 'tool_use' };

/**
 * What is kept of a reply for its server: all of its blocks where one holds more than words and calls (thoughts and their
 * signatures), so that they go back in their places; of a call only its place, for the call is in the conversation.
 */
export function keptBlocks(blocks: readonly Block[], from: string): Kept | undefined {
  if (blocks.every(({ type }) => TOLD.includes(type))) return undefined;
  return keptOf({ blocks: blocks.map((block) => (isCallPlace(block) ? CALL_PLACE : block)) }, from);
}

export function isCallPlace({ type }: Block): boolean {
  return type === CALL_PLACE.type;
}

/** The blocks of what was kept; none where that is something else. */
export function blocksOf(fields: Record<string, unknown>): Block[] {
  const { blocks } = fields;
  return Array.isArray(blocks) ? blocks.filter(isBlock) : [];
}

function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
