import type { Action, Run } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import type { Flag } from '../../shared/flow.ts';
import { canonicalJson } from '../../shared/json.ts';
import { named, sentence } from '../../shared/named.ts';
import { doubtWords } from '../command/doubtWords.ts';
import type { ReadAction } from '../audit/storedAction.ts';
import { decision } from '../policy/decision.ts';
import type { Kind, Standing } from './kind.ts';
import { programGrant } from './programGrant.ts';
import { programRule } from './programRule.ts';
import { programBlocks } from './programBlocks.ts';
import { aboutSecret, readsPrivate } from './secrets.ts';
import { reviewed } from './reviewed.ts';
import { touched } from './touched.ts';

/** What runs without a sandbox always asks: no rule allows it, no grant covers it. */
const OUTSIDE = 'outside-sandbox';

/** It would take away what cannot come back here: no rule that allows the command speaks of that. */
const OFFLINE = 'offline';

/** Starting programs. */
export const run: Kind<Run> = {
  isConfined: true,
  canOnlyLook: true,
  standard,
  allowed,
  labels,
  offers(action, { shown, roots }) {
    // What it uses cannot be told apart from what it will use the next time.
    if (action.command.unbound) return [];
    const program = programGrant(action, roots);
    const what = program ? `${named(program.words)}, whatever looks at its output,` : 'exactly this command';
    const words = `${what} in ${named(shown(action.launch.cwd))}`;
    const exactly = identity(action);
    const covers = (other: Action): boolean =>
      other.kind === 'run' && (identity(other) === exactly || program?.covers(other) === true);
    return [{ id: 'command', words, isBroad: false, covers }];
  },
  always: programRule,
  starts: ({ command, launch }) => ({ command, cwd: launch.cwd }),
  // What a command touches beyond the paths that it names is not known: paths alone never allow one. The folder that
  // it starts in is no path that it was allowed for, but one that may be denied.
  toCover: ({ resources }, hasCommands) => (hasCommands ? resources.slice(1) : undefined),
  footprint: ({ launch }) => ({ kind: launch.workspace === 'writable' ? 'anything' : 'nothing' }),
  besidesText,
  inView: (action) => ({
    action: { ...action, undo: 'nothing', launch: { ...action.launch, view: 'copy-on-write' } },
    view: 'copy-on-write',
    how: 'It runs in a view of the workspace, without network.',
  }),
  ran,
  explained: ({ command }) => (command ? programBlocks(command) : []),
  facets: touched,
};

function standard({ command, launch, resources, undo }: Run, { scope, policy, way }: Standing): Decision {
  if (launch.outside === true)
    return {
      ...decision(
        'ask',
        OUTSIDE,
        'Your policy runs commands without a sandbox: this can do whatever you can.',
        policy.sandbox.origin,
      ),
      eachTime: true,
    };
  // A secret that is named comes first: a rule about commands does not speak of it.
  const hidden = resources.find(({ path }) => scope.isSecret(path));
  if (hidden) return aboutSecret(hidden, scope, ': its content would go to the model');
  const offline = command.doubts.find(({ kind }) => kind === 'offline');
  if (offline) return decision('ask', OFFLINE, doubtWords(offline.why));
  const [doubt] = command.doubts;
  // The sandbox holds it to the workspace, and all that it can change there is kept before.
  if (doubt && way.way === 'review' && undo === 'whole') return reviewed(way);
  if (doubt) return decision('ask', 'command', doubtWords(doubt.why));
  return decision(
    'allow',
    'read-only-command',
    'Every program in it only looks. It runs without network, and likely secrets are hidden.',
  );
}

function allowed({ command }: Run, own: Decision, wanted: Decision, { scope }: Standing): Decision {
  if (wanted.rule === OUTSIDE || wanted.rule === OFFLINE) return wanted;
  const changed = command.scripts.find((script) => script.changed);
  if (changed)
    return decision(
      'ask',
      'changed-script',
      `This run may have changed ${named(scope.shown(changed.path))}, which says what the command does.`,
      own.origin,
    );
  if (command.unbound?.changed === true)
    return decision(
      'ask',
      'changed-script',
      `This run may have changed a file that the command uses: ${sentence(command.unbound.why)}`,
      own.origin,
    );
  return own;
}

function labels({ launch, resources }: Run, { scope, policy }: Omit<Standing, 'way'>): Flag[] {
  if (launch.outside === true) return ['untrusted', 'private', 'outward'];
  const isGiven = policy.variables.value.some((name) => Object.hasOwn(launch.environment, name));
  return [
    ...(scope.roots.every((root) => scope.isOwn(root)) ? [] : ['untrusted' as const]),
    ...(readsPrivate(resources, scope) || launch.secrets === 'visible' || isGiven ? ['private' as const] : []),
    ...(launch.workspace === 'writable' ? ['outward' as const] : []),
  ];
}

/** The line is the text: what it is made of changes with it, and why it may do more than look may become less. */
function besidesText({ launch, command, ...rest }: Run): { same: unknown; atMost: string[] } {
  const { programs: _programs, doubts, open: _open, fed: _fed, activates: _activates, ...known } = command;
  return {
    same: { ...rest, launch: { ...launch, argv: launch.argv.slice(0, -1) }, command: known },
    atMost: doubts.map(({ why, kind = '' }) => `${kind} ${why}`),
  };
}

/** Started by a shell: its last word is the line, and the words before it are the shell's. */
function ran({ argv, arguments: { command } }: ReadAction): string | undefined {
  return argv.at(-1) ?? (typeof command === 'string' ? command : undefined);
}

/** The command, and the files that say what it does with their digests: another content is another command. */
function identity({ launch, command, binds }: Run): string | undefined {
  return command.unbound ? undefined : canonicalJson({ launch, binds });
}
