import type { Interface } from 'node:readline';
import type { Answer, Approval } from '../shared/approval.ts';
import { visibleLine } from '../shared/visible.ts';
import { approvalText } from './cardText.ts';

/** Reads lines one at a time; `undefined` once the input has ended. */
export class Lines {
  readonly #waiting: ((line: string | undefined) => void)[] = [];
  readonly #buffered: string[] = [];
  readonly #isTerminal: boolean;
  #ended = false;

  constructor(reader: Interface, isTerminal: boolean) {
    this.#isTerminal = isTerminal;
    reader.on('line', (line) => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(line);
      else this.#buffered.push(line);
    });
    reader.on('close', () => {
      this.#ended = true;
      for (const waiting of this.#waiting.splice(0)) waiting(undefined);
    });
  }

  /** The next line. What a person typed before the question was there is no answer to it, and is dropped. */
  next(): Promise<string | undefined> {
    if (this.#isTerminal) this.#buffered.length = 0;
    const line = this.#buffered.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** Shows each waiting approval and asks `Allow? [y/N]`. Only a plain yes approves; the end of input denies. */
export async function askInTerminal(
  approval: Approval,
  lines: Pick<Lines, 'next'>,
  write: (text: string) => void,
): Promise<Answer> {
  const offer = approval.grantOffers[0];
  const remember = offer === undefined ? '' : ` (r: remember ${visibleLine(offer.words)}, for this run)`;
  write(`\n${approvalText(approval)}\nAllow? [y/N]${remember} `);
  const line = await lines.next();
  if (line === undefined) {
    write('\nNobody is there to answer: denied.\n');
    return { choice: 'deny', reason: 'nobody was there to ask' };
  }
  const said = line.trim();
  if (/^(y|yes)$/i.test(said)) return { choice: 'approve' };
  if (/^r$/i.test(said) && offer !== undefined)
    return { choice: 'approve-and-grant', grant: { offer: offer.id, until: { kind: 'run' } } };
  const reason = said.replace(/^(n|no)\b[\s,:]*/i, '').slice(0, 2000);
  return reason === '' ? { choice: 'deny' } : { choice: 'deny', reason };
}
