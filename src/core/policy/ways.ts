import { originText, type Origin } from '../../shared/decision.ts';
import type { OpenWay, WayInForce } from '../../shared/way.ts';
import { isLooser, WAY_WORDS, WAYS, type Way } from '../../shared/wayWords.ts';
import type { EffectivePolicy } from './merge.ts';

type SaysWays = Pick<EffectivePolicy, 'ways' | 'confirmActions'>;

/** The way of a run for which nobody has chosen one. */
export function defaultWay({ ways, confirmActions }: SaysWays): WayInForce {
  const said: WayInForce[] = [
    ...(ways.default.value === 'unsaid' ? [] : [{ way: ways.default.value, origin: ways.default.origin }]),
    ...(!confirmActions.value ? [{ way: 'review' as const, origin: confirmActions.origin }] : []),
    ...(confirmActions.value && confirmActions.origin.layer !== 'built-in'
      ? [{ way: 'ask' as const, origin: confirmActions.origin }]
      : []),
  ];
  const [first = { way: 'ask' as const, origin: ways.default.origin }, ...others] = said;
  // Where both keys speak, the stricter counts.
  return others.reduce((a, b) => (isLooser(a.way, b.way) ? b : a), first);
}

/** Who has taken a way away; undefined where it is open. */
export function takenBy(way: Way, { ways, confirmActions }: SaysWays): Origin | undefined {
  const { value, origin } = ways.allowed;
  // A workspace that leaves only a looser way would have a person choose that: what is stricter stays open there.
  const isLeft = !['organization', 'user'].includes(origin.layer) && value.some((other) => isLooser(other, way));
  if (!value.includes(way) && !isLeft) return origin;
  // Who binds the person and says that actions are confirmed does not want them reviewed afterwards. What the person
  // says so themselves is their default.
  const binds = !['built-in', 'user'].includes(confirmActions.origin.layer);
  return way === 'review' && confirmActions.value && binds ? confirmActions.origin : undefined;
}

/**
 * The way that counts where one was chosen: that one, or the next stricter one that is open. Where none is, the run only
 * looks: whatever a policy takes away, nothing becomes looser by it.
 */
export function wayInForce(chosen: Way | undefined, policy: SaysWays): WayInForce {
  const wanted: WayInForce = chosen === undefined ? defaultWay(policy) : { way: chosen, origin: { layer: 'run' } };
  const taken = takenBy(wanted.way, policy);
  if (taken === undefined) return wanted;
  const open = WAYS.filter((way) => isLooser(wanted.way, way) && takenBy(way, policy) === undefined);
  return { way: open.at(-1) ?? 'look', origin: taken };
}

/** "Review afterwards is left out by the organization policy, /etc/oversign/policy.yaml:3:1. Choose another way." */
export function takenWords(way: Way, by: Origin): string {
  return `${WAY_WORDS[way].name} is left out by the ${originText(by)}. Choose another way.`;
}

/** Every way, with whoever has taken it away. */
export function openWays(policy: SaysWays): OpenWay[] {
  return WAYS.map((way) => {
    const taken = takenBy(way, policy);
    return { way, ...(taken !== undefined && { takenBy: originText(taken) }) };
  });
}
