import type { Amount, Destination, Exposure } from '../../shared/exposure.ts';
import type { Together } from '../../shared/together.ts';
import { CarriedContent } from './carriedContent.ts';
import { sumOf } from './recordedValues.ts';

const MOST_DESTINATIONS = 1000;
const MOST_RUNS = 50;

type OneDestination = Together['destinations'][number];
interface Gathered extends Omit<OneDestination, 'files' | 'purposes'> {
  purposes: Set<string>;
  files: CarriedContent;
}

/** What several runs sent, added up. Sums and bounded lists, however many runs there are. */
export class TogetherSum {
  readonly #destinations = new Map<string, Gathered>();
  #runs = 0;
  #moreDestinations = 0;
  #refused = 0;
  #outside = 0;
  readonly #texts = { recorded: 0, erased: 0 };

  add({ run, task, destinations, others, refused, moreRefused, outside, texts }: Exposure): void {
    this.#runs += 1;
    this.#refused += refused.length + moreRefused;
    this.#outside += outside;
    this.#texts.recorded += texts.recorded;
    this.#texts.erased += texts.erased;
    if (others.sendings > 0) this.#moreDestinations += 1;
    for (const destination of destinations) this.#add({ run, task }, destination);
  }

  /** `besides`: what left for no run. */
  result(hasOlder: boolean, besides: Exposure | undefined): Together {
    return {
      besides: besides?.destinations ?? [],
      runs: this.#runs,
      hasOlder,
      destinations: [...this.#destinations.values()]
        .map(({ purposes, files, ...one }) => ({
          ...one,
          sent: { ...one.sent },
          ofRuns: [...one.ofRuns],
          purposes: [...purposes].sort(),
          files: files.list().map(({ entry }) => entry),
          hasUnknown: one.hasUnknown || files.hasMore,
        }))
        .sort(({ destination: a }, { destination: b }) => (a < b ? -1 : a > b ? 1 : 0)),
      moreDestinations: this.#moreDestinations,
      refused: this.#refused,
      outside: this.#outside,
      texts: { ...this.#texts },
    };
  }

  #add(of: { run: string; task: string | null }, { destination, place, purposes }: Destination): void {
    const known = this.#destinations.get(destination);
    if (!known && this.#destinations.size >= MOST_DESTINATIONS) {
      this.#moreDestinations += 1;
      return;
    }
    const one: Gathered = known ?? {
      ...{ destination, place, sendings: 0, sent: { bytes: 0, isLeast: false }, hasUnknown: false },
      ...{ purposes: new Set<string>(), files: new CarriedContent(), ofRuns: [], moreRuns: 0 },
    };
    this.#destinations.set(destination, one);
    // A name may lead to this machine at one time, and elsewhere at another.
    if (place === 'elsewhere') one.place = place;
    const sent = { bytes: 0, isLeast: false };
    for (const purpose of purposes) {
      one.purposes.add(purpose.purpose);
      one.sendings += purpose.sendings;
      add(sent, purpose.sent);
      one.hasUnknown ||= purpose.knows === 'bytes' || purpose.unnamed > 0 || purpose.hasMoreContent;
      one.files.add(
        purpose.content.map(({ entry }) => entry),
        0,
      );
    }
    add(one.sent, sent);
    if (one.ofRuns.length < MOST_RUNS) one.ofRuns.push({ ...of, sent });
    else one.moreRuns += 1;
  }
}

function add(sum: Amount, more: Amount): void {
  sum.bytes = sumOf(sum.bytes, more.bytes);
  sum.isLeast ||= more.isLeast;
}
