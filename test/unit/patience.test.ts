import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Patience } from '../../src/node/models/patience.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An answer that sends a piece each second, and the waiting for it; `end` ends it. */
function pinging(): { patience: Patience; reader: ReadableStreamDefaultReader<Uint8Array>; end: () => void } {
  let end = (): void => undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const pings = setInterval(() => {
        controller.enqueue(Buffer.from(': ping\n\n'));
      }, 1000);
      end = () => {
        clearInterval(pings);
        controller.close();
      };
    },
  });
  const patience = new Patience('it', { firstByte: 100, between: 100 });
  patience.begin();
  const reader = patience.over(new Response(body)).body?.getReader();
  if (!reader) throw new Error('no body');
  return { patience, reader, end };
}

async function readOn(reader: ReadableStreamDefaultReader<Uint8Array>, then?: () => void): Promise<void> {
  for (;;) {
    const { done } = await reader.read();
    then?.();
    if (done) return;
  }
}

test('an answer whose end was said is waited for only a moment, whatever comes behind it', async () => {
  const { patience, reader } = pinging();
  readOn(reader, () => {
    patience.isWhole();
  }).catch(() => undefined);
  await vi.advanceTimersByTimeAsync(5900);
  expect(patience.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(patience.signal.aborted).toBe(true);
});

test('the control: while its end was not said, each piece gives it time', async () => {
  const { patience, reader, end } = pinging();
  const reading = readOn(reader);
  await vi.advanceTimersByTimeAsync(300_000);
  expect(patience.signal.aborted).toBe(false);
  end();
  await reading;
  expect(vi.getTimerCount()).toBe(0);
});

test('nothing is waited for where all of it has come, said to be whole or not', async () => {
  const { patience, reader, end } = pinging();
  const reading = readOn(reader);
  await vi.advanceTimersByTimeAsync(1500);
  end();
  await reading;
  patience.isWhole();
  expect(vi.getTimerCount()).toBe(0);
});
