import { TO_COME, type BackendName } from './backendNames.ts';

/** What a policy in force says of `sandbox.backend`. `neither`: a run's policy went from one to another meanwhile. */
export type BackendChoice = BackendName | 'neither';

/** Why nothing runs in such a sandbox, whatever the machine has. */
export function choiceRefusal(choice: BackendChoice): { cause: string; fix: string } | undefined {
  if (choice === 'neither')
    return {
      cause: 'Your policy changed from one sandbox to another while this run was at work.',
      fix: 'Start a new run.',
    };
  if (TO_COME.some((name) => name === choice))
    return { cause: `This version has no ${choice} sandbox.`, fix: 'Set sandbox.backend: auto in your policy.' };
  return undefined;
}
