import { namedList, sentence } from '../../shared/named.ts';
import { POLICY_KEYS } from '../policy/keys/table.ts';
import { ofPolicy, OPEN_POLICY, pass, said, type Check } from './check.ts';

/** Where the work is done, and with whose rights. */
export const PLACE_CHECKS: readonly Check[] = [
  ofPolicy(
    {
      id: 'sandbox',
      title: 'Commands run in a sandbox',
      why: 'What a command does cannot be known from its line alone: something has to hold it.',
    },
    ({ policy }, { sandbox }) => {
      const evidence = [said(POLICY_KEYS.sandbox, policy.sandbox), said(POLICY_KEYS.backend, policy.backend)];
      if (!policy.sandbox.value)
        return {
          state: 'fail',
          words: 'Your policy runs commands without a sandbox: they can do whatever you can.',
          fix: 'Set sandbox: true.',
          command: OPEN_POLICY,
          evidence,
        };
      if (sandbox === undefined) return { state: 'unknown', words: 'It has not been looked at yet.', evidence };
      return sandbox.works
        ? pass(sentence(sandbox.words), evidence)
        : { state: 'fail', words: sandbox.cause, fix: sandbox.fix, command: 'oversign.checkSandbox', evidence };
    },
  ),
  {
    id: 'self-test',
    title: 'The sandbox has proved itself here',
    why: 'Whether it holds depends on this machine, and is tried here.',
    judge: ({ sandbox }) => {
      const probes = sandbox?.probes ?? [];
      const failed = probes.filter(({ outcome }) => outcome === 'failed');
      const evidence = probes.map(({ name, outcome }) => `${name}: ${outcome}`);
      if (sandbox === undefined)
        return { state: 'unknown', words: 'It has not been tried yet.', command: 'oversign.checkSandbox' };
      if (failed.length > 0)
        return {
          state: 'fail',
          words: `A command could ${failed[0]?.name ?? ''}.`,
          fix: 'Run oversign doctor, which says what each attempt met.',
          command: 'oversign.checkSandbox',
          evidence,
        };
      return probes.length > 0
        ? pass(`${probes.length} attempts to get out held.`, evidence)
        : {
            state: 'fail',
            words: 'Nothing was tried.',
            fix: 'Mend the sandbox first.',
            command: 'oversign.checkSandbox',
          };
    },
  },
  {
    id: 'account',
    title: 'It does not run as root',
    why: 'What gets out of a sandbox has the rights of the account that it was started by.',
    judge: ({ account: { name, isRoot } }) =>
      isRoot
        ? {
            state: 'fail',
            words: 'This is root: whatever gets out may do everything.',
            fix: 'Work with an account of your own.',
            evidence: [name],
          }
        : pass('An ordinary account.', [name]),
  },
  {
    id: 'workspace-trusted',
    title: 'The workspace is one that you trust',
    why: 'A repository of others can hold files that are written to lead an agent astray.',
    judge: ({ workspace: { isTrusted, roots } }) => {
      if (isTrusted === undefined) return pass('At the terminal you choose the folder yourself, each time.', roots);
      return isTrusted
        ? pass('You said so.', roots)
        : {
            state: 'fail',
            words: 'The window is in Restricted Mode: views and history only.',
            fix: 'Look through the folder, then trust it.',
            command: 'workbench.trust.manage',
            evidence: roots,
          };
    },
  },
  {
    id: 'workspace-dedicated',
    title: 'The workspace is a folder of its own, on this machine',
    why: 'What a program copies elsewhere leaves by another way than the one that is recorded here.',
    judge: ({ workspace: { roots, home, synced } }) => {
      if (roots.length === 0) return { state: 'unknown', words: 'No folder is open.' };
      const isHome = roots.some((root) => root === home || root === '/');
      if (!isHome && synced.length === 0) return pass('It is.', roots);
      return {
        state: 'fail',
        words: isHome
          ? 'It is the home folder.'
          : `${namedList(
              synced.map(({ root }) => root),
              2,
            )} is copied elsewhere by ${synced[0]?.by ?? 'a program'}.`,
        fix: 'Work in a folder that holds the project alone and that nothing copies elsewhere.',
        evidence: isHome ? roots : synced.map(({ root, by }) => `${root}: ${by}`),
      };
    },
  },
  {
    id: 'keys',
    title: 'No key of a model stands in the environment',
    why: 'Every program that you start can read your environment; secret storage gives a key to Oversign alone.',
    judge: ({ keysInEnvironment: names }) =>
      names.length === 0
        ? pass('There is none.')
        : {
            state: 'fail',
            words: `${namedList(names, 3)} ${names.length === 1 ? 'holds' : 'hold'} one.`,
            fix: 'Take it out of your shell’s start files. In the editor: Oversign: Set API Key; at the terminal: --api-key-file.',
            command: 'oversign.setApiKey',
            evidence: names,
          },
  },
];
