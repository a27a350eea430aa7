import * as z from 'zod';
import { canonicalJson } from '../../../shared/json.ts';
import { hostPattern, patternText } from '../../egress/hostPattern.ts';
import { PLUGIN_NAME, TOOL_NAME, type DeclaredPlugin } from '../../plugins/declared.ts';
import type { Value } from '../settle.ts';
import { VariableNamesSchema } from '../values.ts';
import type { PolicyKey } from './policyKey.ts';
import { oneValue } from './valueKeys.ts';

// Plugins by name. Who names one has its program started and its words read: a workspace never does.

const word = z
  .string()
  .max(4000)
  .refine((text) => !text.includes('\0'), 'holds a NUL byte');

const PluginSchema = z.strictObject({
  name: z
    .string()
    .regex(new RegExp(`^${PLUGIN_NAME}$`), 'is no name of a plugin: small letters, digits and -')
    .meta({ description: 'What its tools are called by: NAME__tool.' }),
  command: z
    .array(word)
    .min(1)
    .max(100)
    .refine(([program = '']) => program !== '', 'has no program')
    .meta({
      description:
        'The program and what it is given, a list. No shell reads it. It starts in the first of its folders.',
    }),
  folders: z.array(word).max(20).optional().meta({
    description:
      'What it sees of the workspace, from the workspace folder on: `.` is all of it. Without this, nothing. Its own files must be there too, or among the installed toolchains.',
  }),
  writable: z
    .boolean()
    .optional()
    .meta({ description: 'Whether it may change what is in its folders. Without this, no.' }),
  hosts: z
    .array(z.string().refine((text) => hostPattern(text) !== undefined, 'is no host, such as api.example.com'))
    .max(50)
    .optional()
    .meta({
      description:
        'Hosts that it may ask for, written as in allowed_domains, and decided like those of commands. Without this, no network.',
    }),
  variables: VariableNamesSchema.optional().meta({ description: 'Environment variables of yours that it gets.' }),
  tools: z
    .array(z.string().regex(TOOL_NAME, 'is no name of a tool'))
    .max(100)
    .optional()
    .meta({ description: 'Its tools that the agent may ask for. All others are off.' }),
});
type WrittenPlugin = z.infer<typeof PluginSchema>;

const PluginsSchema = z
  .array(PluginSchema)
  .max(20)
  .superRefine((all, issue) => {
    const names = all.map(({ name }) => name);
    for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
      issue.addIssue(`two plugins are called ${name}`);
  });

export function declaredPlugins<const Path extends string>(
  path: Path,
  { about }: { about: string },
): PolicyKey<Value<DeclaredPlugin[]>, Path> {
  return oneValue<WrittenPlugin[], DeclaredPlugin[], Path>({
    ...{ path, about, schema: PluginsSchema, standard: [], initial: [], loosened: 'never by a workspace' },
    value: (said) => said.map(declared),
    stricter: (settled, wanted) => settled.flatMap((one) => inBoth(one, wanted)),
    words: (all) =>
      all.length === 0 ? 'none' : all.map(({ name, tools }) => `${name} (${tools.join(', ')})`).join(', '),
  });
}

function declared(said: WrittenPlugin): DeclaredPlugin {
  const { name, command, folders = [], writable = false, hosts = [], variables = [], tools = [] } = said;
  return { name, command, folders, writable, hosts: hosts.map(spelled), variables, tools };
}

/** One that both name with the same command: with what both give it. */
function inBoth(one: DeclaredPlugin, others: readonly DeclaredPlugin[]): DeclaredPlugin[] {
  const same = others.find(
    ({ name, command }) => name === one.name && canonicalJson(command) === canonicalJson(one.command),
  );
  if (!same) return [];
  const both = (key: 'folders' | 'hosts' | 'variables' | 'tools'): string[] =>
    one[key].filter((entry) => same[key].includes(entry));
  return [
    {
      ...one,
      writable: one.writable && same.writable,
      ...{ folders: both('folders'), hosts: both('hosts'), variables: both('variables'), tools: both('tools') },
    },
  ];
}

function spelled(entry: string): string {
  const pattern = hostPattern(entry);
  return pattern ? patternText(pattern) : entry;
}
