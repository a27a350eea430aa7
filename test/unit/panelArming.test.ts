import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOOK_GAP_MS, SETTLE_MS, look } from '../../src/shared/arming.ts';
import type { Arming, Presence, Sight } from '../../src/shared/arming.ts';

const card: Sight = { question: 'a 1', place: '12 300 200 28', presence: 'here' };

/** Looks at `sight` every 100 ms over `duration`, from `start` on. */
function watch(before: Arming | undefined, sight: Sight, { start = 0, duration = SETTLE_MS } = {}): Arming | undefined {
  let state = before;
  for (let now = start; now <= start + duration; now += 100) state = look(state, sight, now);
  return state;
}

const armed = watch(undefined, card);

describe('approve buttons', () => {
  it('do not work when a card appears, and work after it stood still', () => {
    expect(look(undefined, card, 0).kind).toBe('settling');
    expect(watch(undefined, card, { duration: SETTLE_MS - 100 })?.kind).toBe('settling');
    expect(armed?.kind).toBe('armed');
    expect(watch(armed, card, { start: SETTLE_MS, duration: 60_000 })?.kind).toBe('armed');
  });

  it.each<[string, Partial<Sight>]>([
    ['another question', { question: 'b 1' }],
    ['the same question with a changed digest', { question: 'a 2' }],
    ['a move of one pixel', { place: '12 301 200 28' }],
  ])('wait anew after %s', (_, changed) => {
    const sight = { ...card, ...changed };
    expect(look(armed, sight, SETTLE_MS + 50).kind).toBe('settling');
    expect(watch(armed, sight, { start: SETTLE_MS + 50, duration: SETTLE_MS - 100 })?.kind).toBe('settling');
    expect(watch(armed, sight, { start: SETTLE_MS + 50 })?.kind).toBe('armed');
  });

  it.each<Presence>(['unfocused', 'out-of-view', 'answered'])(
    'stop working while %s and wait anew after',
    (presence) => {
      const gone = look(armed, { ...card, presence }, SETTLE_MS + 50);
      expect(gone).toEqual({ kind: 'away', why: presence });
      expect(look(gone, card, SETTLE_MS + 60).kind).toBe('settling');
    },
  );

  it('wait anew after a time in which nobody looked', () => {
    expect(look(armed, card, SETTLE_MS + LOOK_GAP_MS + 1).kind).toBe('settling');
    expect(look(look(undefined, card, 0), card, 10 * SETTLE_MS).kind).toBe('settling');
  });

  it('are never armed without an unbroken series of equal looks', () => {
    const sights = fc.record({
      question: fc.constantFrom('a 1', 'a 2'),
      place: fc.constantFrom('0', '1'),
      presence: fc.constantFrom<Presence>('here', 'here', 'here', 'unfocused'),
    });
    const steady = fc.tuple(sights, fc.array(fc.nat(600), { minLength: 1, maxLength: 30 }));
    fc.assert(
      fc.property(fc.array(steady), (phases) => {
        let state: Arming | undefined;
        let now = 0;
        let last: string | undefined;
        let since = 0;
        for (const [sight, pauses] of phases) {
          for (const pause of pauses) {
            now += pause;
            const key = sight.presence === 'here' ? JSON.stringify(sight) : undefined;
            if (key === undefined || key !== last || pause > LOOK_GAP_MS) since = now;
            last = key;
            state = look(state, sight, now);
            expect(state.kind === 'armed').toBe(key !== undefined && now - since >= SETTLE_MS);
          }
        }
      }),
    );
  });
});
