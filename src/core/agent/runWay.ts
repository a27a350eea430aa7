import type { PlaceOf } from '../../shared/answered.ts';
import type { EventData } from '../../shared/auditEvent.ts';
import type { WayInForce } from '../../shared/way.ts';
import { wayChangedWords, type Way } from '../../shared/wayWords.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { wayInForce } from '../policy/ways.ts';

/** Who hears that a run works in another way from here on. */
type Heard = (change: EventData['way_changed'], words: string) => Promise<void>;

/** In which way one run works: as the person chose for it, and never looser than the policy leaves open. */
export class RunWay {
  #chosen: Way | undefined;
  #now: WayInForce;
  #heard: Heard = () => Promise.resolve();

  /** `chosen`: by the person for this run, or, where it goes on, as its record says. `policy`: as it is now. */
  constructor(chosen: Way | undefined, policy: EffectivePolicy) {
    this.#chosen = chosen;
    this.#now = wayInForce(chosen, policy);
  }

  get now(): Way {
    return this.#now.way;
  }

  follow(heard: Heard): void {
    this.#heard = heard;
  }

  /** The way that counts for a call that is decided now. What a policy has taken away is recorded first. */
  async inForce(policy: EffectivePolicy): Promise<WayInForce> {
    const before = this.now;
    this.#now = wayInForce(this.#chosen, policy);
    if (this.now !== before)
      await this.#heard({ way: this.now, before, by: 'policy' }, wayChangedWords('Your policy', this.now));
    return this.#now;
  }

  /** A person chooses: it counts from the next decision, as far as the policy of the run leaves it open. */
  async choose(chosen: Way, policy: EffectivePolicy, { at, place }: PlaceOf): Promise<void> {
    const before = this.now;
    this.#chosen = chosen;
    this.#now = wayInForce(chosen, policy);
    const from = { at, ...(place !== undefined && { place }) };
    if (this.now !== before)
      await this.#heard({ way: this.now, before, by: 'person', ...from }, wayChangedWords('You', this.now));
  }
}
