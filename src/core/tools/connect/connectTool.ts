import * as z from 'zod';
import type { Connect } from '../../../shared/action.ts';
import type { ConnectionLeave } from '../../egress/connecting.ts';
import { shownHost } from '../../egress/hostDecision.ts';
import { folderEntry } from '../command/contentOf.ts';
import { defineTool, type Tool } from '../tool.ts';
import { connectionCard } from './connectionCard.ts';

const parameters = z.strictObject({ host: z.string(), port: z.number() });

/** What a call leaves to every connection to its host. */
export type OpenedLeave = Omit<ConnectionLeave, 'judge' | 'endedBy'>;

/** Whose connections these are, and until when. */
interface Connecting {
  /** The command, in a few words. */
  command: string;
  /** Gets the leave when it is given. */
  opened: (leave: OpenedLeave) => void;
  over: Promise<void>;
}

/**
 * What a command's connections to a host go through: a call like any other, made by the door in the command's name and
 * offered to no model. It goes on until the command ends, and says then what went over it.
 */
export const connectTool = defineTool(
  ({ command, opened, over }: Connecting): Tool<z.infer<typeof parameters>, Connect> => ({
    name: 'connect',
    summary: 'A command in the sandbox reaches a host.',
    family: 'code_execution',
    effects: ['connect'],
    parameters,
    about: 'The host, such as example.com',
    tried: (host) => ({ host, port: 443 }),
    describe: ({ host, port }) => {
      const to = shownHost({ host, port });
      return Promise.resolve({
        action: {
          ...{ tool: 'connect', kind: 'connect', effect: 'connect', resources: [], undo: 'none', host, port },
          arguments: { host, port },
        },
        title: `Connect to ${to}`,
        consequence: ['A command could send ', { exact: to }, ' whatever it can read here.'],
        undo: { state: 'none', words: 'Cannot be undone: what is sent is sent.' },
        card: connectionCard({ host, port }, command),
        where: ['sandbox'],
      });
    },
    async perform({ host, port }, { scope, leave }) {
      if (!leave) throw new Error('a connection is made by the gate alone');
      const permit = leave({
        purpose: 'connection',
        rules: [],
        // Whatever it can read may be in it.
        contentOf: () => scope.roots.map((root) => `?${folderEntry(root)}`),
      });
      const count = { connections: 0, sent: 0, received: 0 };
      const problems = new Set<string>();
      opened({
        ...{ host, port },
        permit,
        connected: () => {
          count.connections += 1;
        },
        sent: (bytes) => {
          count.sent += bytes;
        },
        received: (bytes) => {
          count.received += bytes;
        },
        failed: (why) => {
          if (problems.size < 5) problems.add(why);
        },
      });
      await over;
      return { ok: problems.size === 0, text: [...problems].join('\n'), facts: { ...count }, contentOf: [] };
    },
  }),
);
