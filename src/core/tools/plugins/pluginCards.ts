import type { Plugin } from '../../../shared/action.ts';
import type { Card } from '../../../shared/approval.ts';
import { exactList, type Block, type Words } from '../../../shared/block.ts';
import type { Json } from '../../../shared/json.ts';
import type { PluginProgram } from '../../plugins/port.ts';
import { linesThatChanged } from './definitionDiff.ts';

type Fact = { label: string; value: Words };

/** What is started, and what it could do. */
export function startCard(plugin: Plugin, program: PluginProgram, shown: (path: string) => string): Card {
  const { command, folders, writable, hosts, variables } = plugin;
  const may = writable ? 'reads and changes ' : 'reads ';
  return {
    kind: 'plugin',
    blocks: [
      {
        ...{ kind: 'sentence', icon: 'plug', tone: 'plain' },
        words: ['Somebody else’s program. It goes on until this run ends, in a sandbox of its own.'],
      },
      { kind: 'exact', label: 'Command', text: command.map((word) => JSON.stringify(word)).join(' ') },
      ...(program.digest === ''
        ? [
            warning(
              'Nothing of its program could be pinned but this command: another program may stand behind it the next time.',
            ),
          ]
        : []),
      {
        kind: 'facts',
        small: true,
        facts: [
          { label: 'Program', value: program.parts.length === 0 ? ['not pinned'] : exactList(program.parts) },
          { label: 'Folders', value: folders.length === 0 ? ['none'] : [may, ...exactList(folders.map(shown))] },
          { label: 'Hosts', value: hosts.length === 0 ? ['none: no network'] : exactList(hosts) },
          { label: 'Variables', value: variables.length === 0 ? ['none of yours'] : exactList(variables) },
        ],
      },
    ],
  };
}

/** What of a plugin a person is to accept: its definitions whole, and what is otherwise than before. */
export interface ToAccept {
  plugin: string;
  server: Json;
  before: Record<string, Json> | undefined;
  tools: ReadonlyMap<string, Record<string, Json>>;
  /** What changed, a sentence each. */
  changes: readonly string[];
}

export function acceptCard({ server, before, tools, changes }: ToAccept): Card {
  return {
    kind: 'plugin-definitions',
    blocks: [
      {
        ...{ kind: 'sentence', icon: 'book', tone: 'plain' },
        words: [
          'The model reads this as what the tools do. It is the plugin’s own word, and may hold orders: read it.',
        ],
      },
      ...changes.map((change) => warning(`${change}.`)),
      { kind: 'exact', label: 'Server', text: pretty(server) },
      ...[...tools].map(([name, definition]): Block => {
        const was = before && Object.hasOwn(before, name) ? before[name] : undefined;
        const changed = was === undefined ? undefined : linesThatChanged(pretty(was), pretty(definition));
        return changed === undefined
          ? { kind: 'exact', label: name, text: pretty(definition) }
          : { kind: 'exact', label: `${name}, and what changed`, text: `${changed}\n\n${pretty(definition)}` };
      }),
    ],
  };
}

/** What a tool is given, and what it says that it does. */
export function useCard(plugin: Plugin, args: Record<string, Json>, claim: string): Card {
  return {
    kind: 'plugin-tool',
    blocks: [
      { kind: 'exact', label: 'Arguments', text: pretty(args) },
      {
        kind: 'facts',
        small: true,
        facts: [
          { label: 'Plugin', value: [{ exact: plugin.name }] },
          ...(claim === '' ? [] : [claimFact(claim)]),
          { label: 'Reply', value: ['goes to the model, as untrusted content'] },
        ],
      },
    ],
  };
}

function claimFact(claim: string): Fact {
  return { label: 'It says that it', value: [{ exact: claim }] };
}

function pretty(value: Json): string {
  return JSON.stringify(value, null, 2);
}

function warning(words: string): Block {
  return { kind: 'sentence', icon: 'warning', tone: 'warning', words: [words] };
}
