import { ENTER_SENDS, LONGEST_WAIT, MODEL_SETTINGS, type Setting } from '../../src/shared/settings.ts';

/** The manifest's text with the settings as they are declared; everything else stays as it is. */
export function withSettings(manifest: string): string {
  const parsed = JSON.parse(manifest) as { contributes: Record<string, unknown> };
  parsed.contributes['configuration'] = { title: 'Oversign', properties: properties() };
  return JSON.stringify(parsed, null, 2);
}

/** What the editor itself says of a wrong value, where it stands; `settingProblems` says the same to everybody else. */
const PATTERNS: Partial<Record<string, { pattern: string; words: string }>> = {
  baseUrl: {
    pattern: '^\\s*$|^\\s*[hH][tT][tT][pP][sS]?://[^\\s/].*$',
    words: 'Write an address that begins with https:// or http://, or leave it empty.',
  },
  proxy: {
    pattern: '^\\s*$|^\\s*none\\s*$|^\\s*[hH][tT][tT][pP][sS]?://[^\\s/].*$',
    words: 'Write an address such as http://proxy.example:3128, none, or leave it empty.',
  },
};

function properties(): Record<string, unknown> {
  const models = Object.fromEntries(
    Object.entries<Setting>(MODEL_SETTINGS).map(([name, { description, default: standard, values }], index) => [
      `oversign.model.${name}`,
      {
        ...(typeof standard === 'number' ? { type: 'number', minimum: 0, maximum: LONGEST_WAIT } : { type: 'string' }),
        ...(values && { enum: Object.keys(values), enumDescriptions: Object.values(values) }),
        default: standard,
        ...(PATTERNS[name] && { pattern: PATTERNS[name].pattern, patternErrorMessage: PATTERNS[name].words }),
        scope: 'machine', // no workspace may say where prompts and the key go; and it stays on this machine
        order: index + 1,
        markdownDescription: description,
      },
    ]),
  );
  const composer = {
    type: 'boolean',
    default: true,
    scope: 'application', // a habit of the person, which no workspace changes
    order: Object.keys(models).length + 1,
    markdownDescription: ENTER_SENDS.description,
  };
  return { ...models, [`oversign.${ENTER_SENDS.name}`]: composer };
}
