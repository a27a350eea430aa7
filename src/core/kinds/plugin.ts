import type { Action, PluginAction } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import type { Flag } from '../../shared/flow.ts';
import { canonicalJson } from '../../shared/json.ts';
import { named } from '../../shared/named.ts';
import { decision } from '../policy/decision.ts';
import type { Kind, Offer } from './kind.ts';
import { touched } from './touched.ts';

/**
 * A plugin: somebody else's program and words. What it says of itself (that a tool only reads) is a claim, and nothing is
 * decided by it; what its profile makes possible is.
 */
export const plugin: Kind<PluginAction> = {
  isConfined: true,
  canOnlyLook: false,
  standard,
  // Rules speak of tools, paths and command lines, and no rule of theirs has seen this definition or this program.
  allowed: (_action, _own, wanted) => wanted,
  labels,
  offers,
  always: () => undefined,
  starts: () => undefined,
  toCover: () => undefined,
  // What its tools change is the program's doing, which was started with all that it can change kept.
  footprint: ({ effect, plugin: { writable } }) => ({ kind: effect === 'start' && writable ? 'anything' : 'nothing' }),
  ran: () => undefined,
  explained: ({ arguments: args }) => {
    const text = canonicalJson(args);
    return text === '{}' ? [] : [{ kind: 'exact', label: 'Arguments', text }];
  },
  facets: touched,
};

function standard({ effect, tool, plugin: { name } }: PluginAction): Decision {
  switch (effect) {
    case 'start':
      return decision('ask', 'plugin-start', `It starts the plugin ${named(name)}.`);
    case 'accept':
      return {
        ...decision('ask', 'plugin-definitions', 'What a plugin says of its tools goes to the model.'),
        eachTime: true,
      };
    case 'use':
      return decision('ask', 'plugin-tool', `Tools of plugins ask: ${named(tool)}.`);
  }
}

function labels({ effect, plugin: { writable, hosts, variables } }: PluginAction): Flag[] {
  if (effect === 'accept') return ['untrusted'];
  return [
    'untrusted',
    ...(variables.length > 0 ? ['private' as const] : []),
    ...(writable || hosts.length > 0 ? ['outward' as const] : []),
  ];
}

/** An approval speaks of this program, in this cage, with this definition. */
function identity(action: Action): string | undefined {
  if (action.kind !== 'plugin') return undefined;
  const { effect, tool, plugin: its, definition = '' } = action;
  return canonicalJson({ effect, tool, its, definition });
}

function offers(action: PluginAction): Offer[] {
  const { effect, tool, plugin: its } = action;
  const same = identity(action);
  const covers = (other: Action): boolean => identity(other) === same;
  switch (effect) {
    case 'accept':
      return [];
    case 'start':
      return [{ id: 'plugin', words: `starting the plugin ${named(its.name)} as it is now`, isBroad: false, covers }];
    case 'use': {
      const exactly = canonicalJson(action.arguments);
      const isThis = (other: Action): boolean => covers(other) && canonicalJson(other.arguments) === exactly;
      return [
        { id: 'call', words: `exactly this use of ${named(tool)}`, isBroad: false, covers: isThis },
        { id: 'tool', words: `${named(tool)}, whatever it is given`, isBroad: true, covers },
      ];
    }
  }
}
