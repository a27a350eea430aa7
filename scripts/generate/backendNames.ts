interface Named {
  choice: string;
  about: string;
}

/** The module of the backends' names: the policy's schema stands below the sandboxes, and cannot import their table. */
export function backendNames(table: readonly Named[], toCome: readonly string[]): string {
  const choices = [...new Set(table.map(({ choice }) => choice))];
  const words = {
    auto: 'the first of the others that this machine has',
    ...Object.fromEntries(
      choices.map((name) => [name, table.flatMap(({ choice, about }) => (choice === name ? [about] : [])).join(', ')]),
    ),
    ...Object.fromEntries(toCome.map((name) => [name, 'not in this version, which refuses commands then'])),
  };
  return [
    '// Generated from src/node/sandbox/backends.ts. Change that, then run: npm run generate',
    '/** What a policy may say of `sandbox.backend`, and what it means. */',
    `export const BACKEND_WORDS = ${JSON.stringify(words)} as const;`,
    '/** Those that this version does not have: commands are refused. */',
    `export const TO_COME: readonly string[] = ${JSON.stringify(toCome)};`,
    'export type BackendName = keyof typeof BACKEND_WORDS;',
    'export const BACKEND_NAMES = Object.keys(BACKEND_WORDS) as [BackendName, ...BackendName[]];',
    '',
  ].join('\n');
}
