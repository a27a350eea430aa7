import { expect, test, vi } from 'vitest';
import type { SecretStorage } from 'vscode';
import { parseModelSettings, type ModelSettings } from '../../src/shared/settings.ts';

const editor = vi.hoisted(() => {
  const settings: Record<string, unknown> = {};
  return { settings };
});
vi.mock('vscode', () => ({
  workspace: {
    getConfiguration: () => ({ inspect: (name: string) => ({ globalValue: editor.settings[name] }) }),
  },
  window: {
    showInformationMessage: () => Promise.resolve(undefined),
  },
}));
const { apiKey, keepKey, keyPlaceNow, removeApiKey } = await import('../../src/vscode/settings.ts');

const OLD = { 'oversign.apiKey': 'sk-old' };

/** The editor's secret storage, as far as keys are read and written. */
function storage(held: Record<string, string>): { secrets: SecretStorage; held: Record<string, string> } {
  const secrets = {
    get: (name: string) => Promise.resolve(held[name]),
    store: (name: string, value: string) => Promise.resolve(void (held[name] = value)),
    delete: (name: string) => Promise.resolve(void Reflect.deleteProperty(held, name)),
    keys: () => Promise.resolve(Object.keys(held)),
    onDidChange: () => ({ dispose: () => undefined }),
  };
  return { secrets, held };
}

function set(settings: Partial<ModelSettings>): ModelSettings {
  editor.settings = settings;
  return parseModelSettings((name) => settings[name]);
}

test('the one key of earlier versions, which was OpenAI’s, goes to no other provider', async () => {
  const { secrets, held } = storage({ ...OLD });
  expect(await apiKey(secrets, set({ provider: 'anthropic' }))).toBe('');
  expect(await apiKey(secrets, set({ provider: 'anthropic', baseUrl: 'https://a.example' }))).toBe('');
  expect(await apiKey(secrets, set({ provider: 'ollama' }))).toBe('');
  expect(held).toEqual(OLD);
  // Nor does it go when another's key is set or removed.
  set({ provider: 'anthropic' });
  const place = keyPlaceNow();
  if (!place) throw new Error('nobody takes a key');
  await keepKey(secrets, place, 'sk-ant');
  await removeApiKey(secrets);
  expect(held).toEqual(OLD);
});

test.each(['', 'https://own.example/v1'])(
  'it belongs to the address that is set for OpenAI ("%s"), once',
  async (url) => {
    const { secrets, held } = storage({ ...OLD });
    expect(await apiKey(secrets, set({ provider: 'openai', baseUrl: url }))).toBe('sk-old');
    expect(held).toEqual({ [`oversign.apiKey openai ${url === '' ? 'https://api.openai.com/v1' : url}`]: 'sk-old' });
    expect(await apiKey(secrets, set({ provider: 'openai', baseUrl: 'https://later.example/v1' }))).toBe('');
    await removeApiKey(secrets);
  },
);

test('a key that is taken back leaves what was there before', async () => {
  const { secrets, held } = storage({});
  set({ provider: 'anthropic' });
  const place = keyPlaceNow();
  if (!place) throw new Error('nobody takes a key');
  await (
    await keepKey(secrets, place, 'one')
  )();
  expect(held).toEqual({});
  await keepKey(secrets, place, 'one');
  await (
    await keepKey(secrets, place, 'two')
  )();
  expect(held).toEqual({ [place.secret]: 'one' });
});
