import { CONTROL_FILES } from '../../src/core/policy/controlFiles.ts';
import { SECRETS } from '../../src/core/policy/defaults.ts';
import { policyJsonSchema } from '../../src/core/policy/jsonSchema.ts';
import { schemaKeys, typeWords, type SchemaKey } from '../../src/core/policy/schemaWords.ts';
import * as words from './policyWords.ts';

/** docs/policy.md: what a policy file is, every key of it from the schema, and the lists that are built in. */
export function policyPage(): string {
  // A role's policy has the same keys once more.
  const keys = schemaKeys(policyJsonSchema()).filter(({ path }) => !path.join('.').startsWith('roles[].policy.'));
  const ofRules = keys.filter(({ path }) => path[0] === 'rules[]');
  return [
    '<!-- Made by scripts/generate.ts from src/core/policy/schema.ts; do not edit. To change it: npm run generate -->',
    words.INTRODUCTION,
    words.LAYERS,
    '## Every key',
    table(keys.filter((key) => !ofRules.includes(key))),
    words.RULES,
    ...ofRules.map(section),
    words.PATTERNS,
    words.PATHS,
    words.HOSTS,
    '## What is built in',
    'Protected: no tool may change these, wherever they stand in the workspace, with everything below them; and neither what git’s configuration and the hooks in force run from the workspace.',
    controlTable(),
    'Likely secrets: reading, editing or moving one asks, and so does a command that names one. A name that says example, sample or template is none.',
    listOf(SECRETS),
    words.ASKS,
    words.RULE_OF_TWO,
    words.EXAMPLE,
  ].join('\n\n');
}

function table(keys: readonly SchemaKey[]): string {
  const rows = keys.map(
    (key) =>
      `| \`${key.path.join('.')}\` | ${typeOf(key)} | ${standardOf(key)} | ${cell(key.node.description ?? '')} |`,
  );
  return ['| key | type | default | what it says |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function section(key: SchemaKey): string {
  const standard = key.node.default === undefined ? '' : ` Default: ${standardOf(key)}.`;
  return `### \`${key.path.join('.').replace('rules[].', '')}\`\n\nType: ${typeOf(key)}.${standard}\n\n${key.node.description ?? ''}`;
}

function typeOf({ node, isRequired }: SchemaKey): string {
  return cell(typeWords(node) + (isRequired ? ' (required)' : ''));
}

function standardOf({ node }: SchemaKey): string {
  return node.default === undefined ? '' : `\`${cell(JSON.stringify(node.default))}\``;
}

function controlTable(): string {
  const rows = CONTROL_FILES.map(
    ({ runs, names, source }) =>
      `| ${names.map((name) => `\`${cell(name)}\``).join(', ')} | ${cell(runs)} | ${cell(source)} |`,
  );
  return ['| files and folders | who would run what they say | source |', '| --- | --- | --- |', ...rows].join('\n');
}

function listOf(rules: readonly { written: string }[]): string {
  return rules.map(({ written }) => `\`${written}\``).join(', ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
