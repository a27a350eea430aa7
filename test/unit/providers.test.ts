import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { helpOf } from '../../src/cli/help/usage.ts';
import { isLoopback } from '../../src/node/egress/loopback.ts';
import { PROVIDERS as TABLE } from '../../src/node/models/providers.ts';
import { isProvider, PROVIDER_NAMES, PROVIDERS } from '../../src/shared/providers.ts';
import { keyPlace } from '../../src/shared/settings.ts';

test('settings and command line know exactly the providers of the table', () => {
  const names = Object.keys(TABLE);
  expect(PROVIDER_NAMES).toEqual(names);
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
    contributes: { configuration: { properties: Record<string, { enum?: string[]; default?: string }> } };
  };
  const setting = manifest.contributes.configuration.properties['oversign.model.provider'];
  expect(setting).toMatchObject({ enum: names, default: names[0] });
  const inTerminal = PROVIDER_NAMES.filter((name) => !PROVIDERS[name].isOfEditor);
  expect(inTerminal.length).toBe(names.length - 1);
  expect(helpOf('run')).toContain(`\n  --model ${inTerminal.join('|')}\n`);
  for (const name of ['constructor', '__proto__', '', 'Demo']) expect(isProvider(name)).toBe(false);
});

test('whether a provider’s usual address is on this machine is what the table says', () => {
  for (const { server } of Object.values(PROVIDERS))
    if (server) expect(isLoopback(new URL(server.usual).hostname)).toBe(server.isLocal);
});

test('each provider and address has a key of its own, and what takes none has none', () => {
  const secret = (baseUrl: string): string | undefined => keyPlace({ provider: 'openai', baseUrl })?.secret;
  const usual = secret('');
  expect(usual).toBe(secret('https://api.openai.com/v1/'));
  expect(new Set([usual, secret('https://a.example/v1'), secret('https://b.example/v1')]).size).toBe(3);
  expect(keyPlace({ provider: 'ollama', baseUrl: 'https://a.example' })).toBeUndefined();
  expect(keyPlace({ provider: 'demo', baseUrl: '' })).toBeUndefined();
});
