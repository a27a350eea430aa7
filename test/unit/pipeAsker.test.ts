import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { PipeAsker } from '../../src/terminal/pipeAsker.ts';

const QUESTION = { text: '', prompt: '' };

function asker(input: Readable): PipeAsker {
  return new PipeAsker(input, () => undefined);
}

async function answers(input: Readable, count: number): Promise<(string | undefined)[]> {
  const one = asker(input);
  const all = [];
  for (let at = 0; at < count; at += 1) all.push(await one.ask(QUESTION));
  one.close();
  return all;
}

test('a line is an answer, the last one also without its end; then nobody is there', async () => {
  expect(await answers(Readable.from([Buffer.from('y\nn'), Buffer.from('o\r\n\ny')]), 5)).toEqual([
    'y',
    'no\r',
    '',
    'y',
    undefined,
  ]);
});

test('input without an end is read as far as it is needed', async () => {
  let pieces = 0;
  const endless = new Readable({
    read() {
      pieces += 1;
      setImmediate(() => this.push('y\n'.repeat(1000)));
    },
  });
  const one = asker(endless);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(pieces).toBeLessThan(50);
  for (let at = 0; at < 20_000; at += 1) expect(await one.ask(QUESTION)).toBe('y');
  one.close();
});

test('a line without an end is no answer, however it begins', async () => {
  const long = Array.from({ length: 100 }, () => Buffer.from(' '.repeat(100_000)));
  const [first, second] = await answers(Readable.from([Buffer.from('y'), ...long, Buffer.from('\ny\n')]), 2);
  expect(first?.length).toBeLessThan(5000);
  expect(first?.trim()).not.toBe('y');
  expect(second).toBe('y');
});

test('what is taken back waits for no line: the next question gets it', async () => {
  const input = new PassThrough();
  const one = asker(input);
  const takenBack = new AbortController();
  const first = one.ask(QUESTION, takenBack.signal);
  takenBack.abort();
  expect(await first).toBeUndefined();
  const second = one.ask(QUESTION);
  input.write('n\n');
  expect(await second).toBe('n');
  one.close();
});
