import type { EffectivePolicy } from '../../policy/merge.ts';
import type { CommandArguments } from './commandArguments.ts';

/** How long a command may take, in seconds. */
export interface CommandTimes {
  /** Its call waits for it so long; then it goes on in the background. Undefined: until it ends. */
  waits: number | undefined;
  endsAfter: number;
  /** More than was allowed was asked for. */
  isLess: boolean;
}

/**
 * A command in the foreground hands back after the time that the policy gives one command, and is ended after what it
 * gives one in the background. Outside the sandbox nothing holds on to what goes on, so there is no background. `hasRoom`:
 * one more may go on.
 */
export function timesOf(
  { timeout, background }: Pick<CommandArguments, 'timeout' | 'background'>,
  policy: Pick<EffectivePolicy, 'codeTimeoutSeconds' | 'backgroundSeconds' | 'sandbox'>,
  hasRoom = true,
): CommandTimes {
  const foreground = policy.codeTimeoutSeconds.value;
  const behind = policy.sandbox.value && (hasRoom || background === true) ? policy.backgroundSeconds.value : 0;
  const most = background === true ? behind : Math.max(foreground, behind);
  const endsAfter = Math.min(timeout ?? most, most);
  const isLess = timeout !== undefined && timeout > most;
  if (background === true) return { waits: 0, endsAfter, isLess };
  return { waits: endsAfter > foreground ? foreground : undefined, endsAfter, isLess };
}

/** What the model is told where it asked for more time than there is. */
export function lessTimeWords({ isLess, endsAfter }: CommandTimes): string[] {
  return isLess ? [`[it may take ${endsAfter} s: your policy allows no more]`] : [];
}
