import type { ProviderFacts } from '../../src/shared/providerFacts.ts';

/** The module of what is known of the providers: settings and panel stand below the models, and cannot import their table. */
export function providers(table: Readonly<Record<string, ProviderFacts>>): string {
  const facts = Object.fromEntries(
    Object.entries(table).map(([name, { label, about, sends, server, isOfEditor }]) => [
      name,
      { label, about, sends, server, isOfEditor },
    ]),
  );
  return [
    "import type { ProviderFacts } from './providerFacts.ts';",
    '',
    '// Generated from src/node/models/providers.ts. Change that, then run: npm run generate',
    `const FACTS = ${JSON.stringify(facts)} as const satisfies Record<string, ProviderFacts>;`,
    '',
    'export type ProviderName = keyof typeof FACTS;',
    '/** Every provider, in the order in which people choose among them; the first is the standard one. */',
    'export const PROVIDERS: Readonly<Record<ProviderName, ProviderFacts>> = FACTS;',
    'export const PROVIDER_NAMES = Object.keys(FACTS) as [ProviderName, ...ProviderName[]];',
    '',
    '/** Looks up by own names only: a name comes from settings or a command line. */',
    'export function isProvider(text: string): text is ProviderName {',
    '  return Object.hasOwn(FACTS, text);',
    '}',
    '',
  ].join('\n');
}
