import { expect, test } from 'vitest';
import { ModelFailure } from '../../src/core/models/port.ts';
import { AnthropicReply } from '../../src/node/models/anthropicReply.ts';
import { KeptFields } from '../../src/node/models/keptFields.ts';

// What a server says in very many pieces, or in very long lists.

function citing(): { reply: AnthropicReply; cite: (citation: unknown) => void } {
  const reply = new AnthropicReply('it');
  reply.take({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '', citations: null } });
  const cite = (citation: unknown): void => {
    reply.take({ type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation } });
  };
  return { reply, cite };
}

test('citations go to the list of their part of the reply, as they came', () => {
  const { reply, cite } = citing();
  cite({ cited_text: 'a' });
  const list = reply.blocks[0]?.['citations'];
  cite({ cited_text: 'b' });
  expect(reply.blocks[0]?.['citations']).toEqual([{ cited_text: 'a' }, { cited_text: 'b' }]);
  expect(reply.blocks[0]?.['citations']).toBe(list); // not copied for each of them
});

test('citations without end are a failure, by their number and by their length', () => {
  const many = citing();
  expect(() => {
    for (let at = 0; at < 200_000; at += 1) many.cite({ at });
  }).toThrow(ModelFailure);
  const long = citing();
  const cited_text = 'x'.repeat(1_000_000);
  expect(() => {
    for (let at = 0; at < 20; at += 1) long.cite({ cited_text });
  }).toThrow(/over all measure/);
});

test('a list that a provider wants back may be of any length', () => {
  const kept = new KeptFields(['details']);
  kept.take({ details: [0] });
  kept.take({ details: Array.from({ length: 500_000 }, () => 1) });
  const { details } = JSON.parse(kept.kept('it')?.json ?? '{}') as { details: number[] };
  expect(details).toHaveLength(500_001);
});
