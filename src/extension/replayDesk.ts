import { existsSync } from 'node:fs';
import { composeReplay } from '../compose.ts';
import { replayDocument } from '../core/lab/replay/replayDocument.ts';
import { LogReplay, runsOf, type FoundDifference } from '../core/lab/replay/replayLog.ts';
import type { NodeParts } from '../node/engineParts.ts';
import { replayingHere } from '../node/lab/replayingHere.ts';

/** So many runs are replayed where none is named. */
const LAST = 50;
/** More differences are counted, and not kept. */
const MOST_KEPT = 2000;

/** What the window's replay needs of its log and policies; it decides nothing itself. */
export class ReplayDesk {
  readonly #node: NodeParts;

  constructor(node: NodeParts) {
    this.#node = node;
  }

  /** Replays one run, or the last ones, as a document. `policy`: a file in the place of the user's policy. */
  async document(
    { run, policy }: { run?: string | undefined; policy?: string | undefined },
    signal: AbortSignal,
    progress: (runs: number) => void,
  ): Promise<string> {
    const { audit, userPolicy } = this.#node;
    // One that was named must be there; the user's own need not.
    const named = policy ?? (existsSync(userPolicy) ? userPolicy : undefined);
    const here = replayingHere({ environment: process.env, userPolicy: named }, signal);
    const replay = new LogReplay(composeReplay(here, audit));
    const found: FoundDifference[] = [];
    const runs = run === undefined ? runsOf(audit, LAST) : await audit.summaries([run]);
    for await (const one of runs) {
      for await (const difference of replay.run(one)) if (found.length < MOST_KEPT) found.push(difference);
      progress(replay.tally.counts.runs);
    }
    return replayDocument(replay, found, policy ?? userPolicy);
  }
}
