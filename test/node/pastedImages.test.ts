import { expect, onTestFinished, test } from 'vitest';
import type { Model } from '../../src/core/models/port.ts';
import { pastedImages } from '../../src/extension/pastedImages.ts';
import { anthropicModel } from '../../src/node/models/anthropicModel.ts';
import { ollamaModel } from '../../src/node/models/ollamaModel.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import { anthropicServer } from '../support/anthropicServer.ts';
import type { ModelServer, ServerScript } from '../support/modelServer.ts';
import { ollamaServer } from '../support/ollamaServer.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { scripted, workbench } from '../support/workbench.ts';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

interface Format {
  name: string;
  serve: (script: ServerScript) => Promise<ModelServer>;
  model: (baseUrl: string) => Model;
  /** How an image stands in a request. */
  image: RegExp;
}

const FORMATS: Format[] = [
  {
    name: 'OpenAI',
    serve: (script) => openAiServer(script),
    model: (baseUrl) => openAiModel({ model: 'gpt-5', baseUrl, apiKey: 'sk-test-key' }),
    image: new RegExp(`"image_url":\\{"url":"data:image/png;base64,${PNG.replaceAll('+', '\\+')}"`),
  },
  {
    name: 'Anthropic',
    serve: (script) => anthropicServer(script),
    model: (baseUrl) => anthropicModel({ model: 'claude-sonnet-4-5', baseUrl, apiKey: 'sk-test-key' }),
    image: new RegExp(`"media_type":"image/png","data":"${PNG.replaceAll('+', '\\+')}"`),
  },
  {
    name: 'Ollama',
    serve: (script) =>
      ollamaServer(script, {
        model: 'llava',
        show: { capabilities: ['tools', 'vision'], model_info: { 'llama.context_length': 32_000 } },
      }),
    model: (baseUrl) => ollamaModel({ model: 'llava', baseUrl }),
    image: new RegExp(`"images":\\["${PNG.replaceAll('+', '\\+')}"\\]`),
  },
];

test.each(FORMATS)('an image of a person’s goes with their message: $name', async ({ serve, model, image }) => {
  const server = await serve(() => ({ text: 'A dot.' }));
  onTestFinished(() => server.close());
  const bench = await workbench();
  const { images, words } = pastedImages([PNG]);
  await bench.engine.send(`What is this?${words}`, model(server.url), undefined, images);
  expect(server.problems).toEqual([]);
  expect(bench.engine.view().run?.state).toBe('finished');
  const [first] = server.requests;
  expect(first?.body).toMatch(image);
  // The log says that there was one, and which; it does not keep it.
  const events = JSON.stringify(await bench.node.audit.events(bench.engine.view().run?.id ?? ''));
  expect(events).toMatch(/\[Image: PNG, \d+ bytes, SHA-256 [0-9a-f]{16}…\]/);
  expect(events).not.toContain(PNG.slice(0, 40));
  // It goes along as long as the run has it in memory, and not into what is stored.
  await bench.engine.send('And its colour?', model(server.url));
  expect(server.requests.at(-1)?.body).toMatch(image);
  const stored = JSON.stringify(await bench.node.audit.loadTranscript(bench.engine.view().run?.id ?? ''));
  expect(stored).not.toContain(PNG.slice(0, 40));
  expect(stored).toContain('The images are shown no more.');
});

test('a model that is not known to take images is sent none: the message is refused, and one it is handed over loses them', async () => {
  const bench = await workbench();
  const { images } = pastedImages([PNG]);
  await expect(bench.engine.send('look', scripted([{ text: 'hm' }]), undefined, images)).rejects.toThrow(
    'not known to take images',
  );
  const seeing = await openAiServer(() => ({ text: 'A dot.' }));
  onTestFinished(() => seeing.close());
  bench.engine.newRun();
  await bench.engine.send('look', openAiModel({ model: 'gpt-5', baseUrl: seeing.url, apiKey: 'k' }), undefined, images);
  const blind = openAiModel({ model: 'gpt-3.5-turbo', baseUrl: seeing.url, apiKey: 'k' });
  const { label, destination } = blind;
  const run = bench.engine.view().run?.id ?? '';
  const agreed = { label, destination, from: { by: 'person', at: 'editor' } as const };
  await bench.engine.send('and now?', blind, { run, agreed });
  expect(seeing.requests[0]?.body).toContain(PNG); // or there was none to lose
  expect(seeing.requests.at(-1)?.body).toContain('and now?');
  expect(seeing.requests.at(-1)?.body).not.toContain(PNG);
});

test('an image of a message that waits joins with it', async () => {
  const bench = await workbench();
  const { images } = pastedImages([PNG]);
  const sent: unknown[] = [];
  const model = scripted(async ({ messages }, turn) => {
    sent.push(messages.filter(({ role }) => role === 'user').at(-1));
    if (turn === 0) await bench.engine.say('this one', images);
    return turn === 0 ? { calls: [{ name: 'list_directory', args: { path: '.' } }] } : { text: 'ok' };
  });
  await bench.engine.send('look', { ...model, takesImages: true });
  expect(sent[1]).toEqual({ role: 'user', text: 'this one', images });
});

test('what is no image, or too large, is refused by its bytes, whatever it is called', () => {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  expect(() => pastedImages([base64(Buffer.from('<svg onload="x()"/>'))])).toThrow('Only PNG, JPEG');
  expect(() => pastedImages([''])).toThrow('Only PNG, JPEG');
  const large = Buffer.concat([Buffer.from(PNG, 'base64'), Buffer.alloc(3_500_000)]);
  expect(() => pastedImages([base64(large)])).toThrow('too large');
  expect(pastedImages([PNG]).images).toEqual([{ mediaType: 'image/png', base64: PNG }]);
  expect(pastedImages([`${PNG}\nnot base64 <script>`]).images[0]?.base64).toMatch(/^[A-Za-z0-9+/=]+$/);
  expect(pastedImages([])).toEqual({ words: '', images: [] });
});
