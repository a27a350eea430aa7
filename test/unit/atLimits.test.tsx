import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { priceOf } from '../../src/core/agent/price.ts';
import { Repetition } from '../../src/core/agent/repetition.ts';
import type { LimitQuestion } from '../../src/shared/limitQuestion.ts';
import { usageWords } from '../../src/shared/usageWords.ts';
import { askAtLimit } from '../../src/terminal/limitAsked.ts';
import { LimitCard } from '../../webview/components/LimitCard.tsx';

const LIMIT: LimitQuestion = {
  ...{ id: 'q', run: 'r', limit: 'turns', more: '25 turns' },
  words: 'It took 25 turns, the limit of your policy (max_iterations).',
};

async function answered(line: string | undefined): Promise<unknown> {
  const shown: string[] = [];
  const ask = ({ text, prompt }: { text: string; prompt: string }): Promise<string | undefined> => {
    shown.push(text, prompt);
    return Promise.resolve(line);
  };
  const asker = { ask, answersBy: 'person', place: '/dev/pts/3' } as const;
  const answer = await askAtLimit(LIMIT, { asker, write: () => undefined }, new AbortController().signal);
  expect(shown.join('')).toContain(LIMIT.words);
  expect(shown.join('')).toContain('Go on for as much again: 25 turns? [y/N] ');
  return answer;
}

test('in a terminal only a plain yes goes on over a limit', async () => {
  const from = { by: 'person', at: 'terminal', place: '/dev/pts/3' };
  expect(await answered('y')).toEqual({ choice: 'go-on', from });
  expect(await answered(' YES ')).toEqual({ choice: 'go-on', from });
  for (const line of ['', 'n', 'yes please', 'r']) expect(await answered(line)).toEqual({ choice: 'stop', from });
  expect(await answered(undefined)).toEqual({ choice: 'stop', from: { ...from, by: 'nobody' } });
});

test('the panel says which limit, and what going on allows; nothing can be struck before it stood still', () => {
  const html = renderToStaticMarkup(<LimitCard limit={LIMIT} pager={null} attended post={() => undefined} />);
  expect(html).toContain('(max_iterations)');
  expect(html).toContain('It may use as much again: 25 turns.');
  expect(html).toMatch(/data-testid="limit-go-on"[^>]*disabled=""/);
  expect(html).toMatch(/data-testid="limit-stop"(?![^>]*disabled)/);
});

test('what was used, in few words', () => {
  const context = { tokens: 43_520, limit: 128_000 };
  expect(usageWords({ tokens: 999, context })).toBe('999 tokens · context 34 %');
  expect(usageWords({ tokens: 12_345, cost: 0.4234, context })).toBe('12.3k tokens · context 34 % · cost 0.42');
  expect(usageWords({ tokens: 1_234_567, cost: 0.0123, context })).toBe('1.2M tokens · context 34 % · cost 0.0123');
});

test('the first price that fits a model’s name counts', () => {
  const prices = ['gpt-5', 'claude-*', '*mini*'].map((model, at) => ({ model, input: at, output: at }));
  const of = (label: string): number | undefined => priceOf(prices, label)?.input;
  expect(of('gpt-5 (api.openai.com)')).toBe(0);
  expect(of('gpt-50 (api.openai.com)')).toBeUndefined();
  expect(of('Claude-sonnet-4 (api.anthropic.com)')).toBe(1);
  expect(of('o4-mini-high (x)')).toBe(2);
  expect(of('a*b')).toBeUndefined();
  expect(priceOf(null, 'gpt-5')).toBeUndefined();
});

test('rounds of up to three calls are noticed; what differs in between is not', () => {
  const repetition = new Repetition((text) => text);
  const seen = (calls: string): string[] => [...calls].map((call) => repetition.seen(call, '', ''));
  expect(seen('aaaaa')).toEqual(['new', 'new', 'tell', 'new', 'stop']);
  expect(seen('abababababx').filter((one) => one !== 'new')).toEqual(['tell', 'stop']);
  expect(seen('abcabcabcabcabc').filter((one) => one !== 'new')).toEqual(['tell', 'stop']);
  expect(seen('xabacadaeafagahaiajakalam').every((one) => one === 'new')).toBe(true);
});
