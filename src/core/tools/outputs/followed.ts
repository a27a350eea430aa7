import type { Follow } from '../../../shared/action.ts';
import type { Json } from '../../../shared/json.ts';
import type { Description } from '../tool.ts';

interface Followed<A> {
  tool: string;
  effect: Follow['effect'];
  args: A;
  title: string;
}

/** A call about a command that this run has started: there is nothing to be asked about it that was not asked then. */
export function followed<A extends Record<string, Json>>({
  tool,
  effect,
  args,
  title,
}: Followed<A>): Promise<Description<A, Follow>> {
  return Promise.resolve({
    action: { tool, kind: 'follow', effect, resources: [], arguments: args, undo: 'nothing' },
    title,
    card: { kind: 'command', blocks: [{ kind: 'sentence', icon: 'terminal', tone: 'plain', words: [`${title}.`] }] },
    undo: { state: 'nothing', words: 'Nothing to undo: nothing changes on disk.' },
  });
}
