import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withImageRoom } from '../../src/core/agent/imageRoom.ts';
import { savedMessages } from '../../src/core/agent/storedRun.ts';
import { isSeeing } from '../../src/core/models/images.ts';
import type { Message } from '../../src/core/models/port.ts';
import { base64Of } from '../../src/core/text/base64.ts';
import { imagesBehind } from '../../src/node/models/imagesBehind.ts';
import { scripted, workbench, type Workbench } from '../support/workbench.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const IMAGE = { mediaType: 'image/png' as const, base64: PNG.toString('base64') };

async function withImages(policy = ''): Promise<Workbench> {
  const bench = await workbench({ userPolicy: policy });
  writeFileSync(join(bench.folder, 'logo.bin'), PNG);
  writeFileSync(join(bench.folder, 'huge.png'), Buffer.concat([PNG, Buffer.alloc(3_500_000)]));
  return bench;
}

/** What a model is sent of its readings. */
async function read(bench: Workbench, takesImages: boolean, paths: readonly string[]): Promise<Message[]> {
  let messages: readonly Message[] = [];
  const model = scripted((request, turn) => {
    messages = request.messages;
    return turn === 0 ? { calls: paths.map((path) => ({ name: 'read_file', args: { path } })) } : {};
  });
  await bench.run({ ...model, takesImages });
  return messages.filter(({ role }) => role === 'tool');
}

test('an image is shown to a model that takes images, by its bytes and not by its name', async () => {
  const bench = await withImages();
  const [shown, huge] = await read(bench, true, ['logo.bin', 'huge.png']);
  expect(shown).toMatchObject({
    text: `logo.bin is an image (image/png, ${PNG.length} bytes); it is shown with this result.`,
    images: [IMAGE],
  });
  expect(huge).toMatchObject({
    ended: 'failed',
    text: expect.stringContaining('the most that is shown is 3500000 bytes') as string,
  });
  expect(huge).not.toHaveProperty('images');
});

test('a model that is not known to take any is told so, and a deny rule by the path holds', async () => {
  const [told] = await read(await withImages(), false, ['logo.bin']);
  expect(told).toMatchObject({ text: expect.stringContaining('this model is not known to take images') as string });
  expect(told).not.toHaveProperty('images');
  const [denied] = await read(await withImages('tools: {file_system: {denied_paths: [logo.bin]}}\n'), true, [
    'logo.bin',
  ]);
  expect(denied).toMatchObject({ ended: 'denied' });
  expect(denied).not.toHaveProperty('images');
});

const result = (call: string) => ({ role: 'tool' as const, call, name: 'read_file', text: `${call} is shown` });
const shown = (call: string): Message => ({ ...result(call), images: [IMAGE] });

test('images are not stored, and of many results the last keep theirs', () => {
  expect(JSON.stringify(savedMessages([shown('a')]))).not.toContain(IMAGE.base64);
  const kept = withImageRoom(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(shown));
  expect(kept.map((message) => 'images' in message)).toEqual([false, false, true, true, true, true, true, true]);
  expect(kept[0]?.text).toBe('a is shown [It is shown no more: read it again to see it.]');
});

test('where a result is text alone, images come behind the results of the reply', () => {
  const reply: Message = { role: 'assistant', text: '', calls: [] };
  const messages = [reply, shown('a'), result('b'), shown('c'), reply, result('d')];
  expect(imagesBehind(messages, true).map(({ role }) => role)).toEqual([
    'assistant',
    'tool',
    'tool',
    'tool',
    'images',
    'assistant',
    'tool',
  ]);
  expect(imagesBehind(messages, false)).toEqual(messages);
});

test.each([0, 1, 2, 3, 4, 24_575, 24_576, 24_577, 100_000])('%i bytes as base64', (length) => {
  const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 37) % 256));
  expect(base64Of(bytes)).toBe(bytes.toString('base64'));
});

test.each<[string, boolean]>([
  ['gpt-4o-mini', true],
  ['gpt-5', true],
  ['openai/gpt-4.1', true],
  ['gpt-3.5-turbo', false],
  ['gpt-4', false],
  ['o3-mini', false],
  ['o3', true],
  ['claude-sonnet-4-5', true],
  ['claude-2.1', false],
  ['qwen2.5vl:7b', true],
  ['qwen3-vl:8b', true],
  ['llava', true],
  ['llama3.1', false],
  ['gemma3:4b', true],
  ['qwen3', false],
  ['some-model', false],
])('%s is known to see: %j', (model, sees) => {
  expect(isSeeing(model)).toBe(sees);
});
