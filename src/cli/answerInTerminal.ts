import type { Engine } from '../core/engine/engine.ts';
import type { Approval } from '../shared/approval.ts';
import type { LimitQuestion } from '../shared/limitQuestion.ts';
import type { Question } from '../shared/question.ts';
import { askInTerminal, type Terminal } from '../terminal/approver.ts';
import type { Asker } from '../terminal/asker.ts';
import { askAtLimit } from '../terminal/limitAsked.ts';
import { columnsOf, seenAt } from '../terminal/openAsker.ts';
import { replyInTerminal } from '../terminal/questionText.ts';
import { alwaysIn } from './alwaysHere.ts';
import type { NodeParts } from '../node/engineParts.ts';
import { Printer } from '../terminal/printer.ts';

interface At {
  engine: Engine;
  node: Pick<NodeParts, 'userPolicy' | 'parts'>;
  asker: Asker;
  output: NodeJS.WriteStream;
  /** Questions alone are printed. */
  quiet?: boolean;
}

/** A question that waits, and how its answer is given. */
interface Waiting {
  id: string;
  ask(terminal: Terminal, signal: AbortSignal): Promise<boolean>;
}

/** Prints the run as it goes and asks one question at a time. */
export function answerInTerminal({ engine, node, asker, output, quiet = false }: At): void {
  const write = (text: string): void => void output.write(text);
  const printer = new Printer(write, () => columnsOf(output));
  let asked: { id: string; takenBack: AbortController } | undefined;
  /** An answer was given, and the run has not gone on by it: what waits still waits for its turn. */
  let isGiven = false;
  /** Of the reply whose calls were asked about last: how many have an answer. */
  let answered = { reply: '', count: 0 };
  engine.onChange(() => {
    const { run, approvals, questions, limit } = engine.view();
    if (run && !quiet) printer.update(run);
    const waiting = [
      // These wait at their turn alone, and approvals beside them are of calls that come after it.
      ...questions.map((question) => questionIn(engine, question)),
      ...(limit ? [limitIn(engine, limit)] : []),
      ...approvals.map((approval) => approvalIn(engine, approval)),
    ];
    // A stop takes the question back; then there is nothing to say about its answer.
    if (asked && !waiting.some(({ id }) => id === asked?.id)) {
      asked.takenBack.abort();
      asked = undefined;
    }
    if (run?.state !== 'waiting') isGiven = false;
    const [first] = waiting;
    // One after the other, each at its turn: what a call did is said before the next one is asked about.
    if (!first || asked || isGiven || run?.state === 'running') return;
    const { signal } = (asked = { id: first.id, takenBack: new AbortController() }).takenBack;
    void first.ask({ asker, write, columns: columnsOf(seenAt(output)) }, signal);
  });

  function given(): void {
    asked = undefined;
    isGiven = engine.view().run?.state === 'waiting';
  }

  function approvalIn(of: Engine, approval: Approval): Waiting {
    return {
      id: approval.id,
      ask: async (terminal, signal) => {
        const { reply } = approval;
        if (answered.reply !== reply?.id) answered = { reply: reply?.id ?? '', count: 0 };
        const others = of.view().approvals.filter((one) => one.reply?.id === reply?.id).length;
        const among = { place: answered.count + 1, count: answered.count + others };
        const told = await askInTerminal(
          approval,
          { ...terminal, among, always: alwaysIn(of, node, approval) },
          signal,
        );
        if (!told) return false;
        given();
        answered.count += 1;
        return of.answer(approval.id, approval.digest, told.answer, told.from);
      },
    };
  }

  function questionIn(of: Engine, question: Question): Waiting {
    return {
      id: question.id,
      ask: async (terminal, signal) => {
        const replied = await replyInTerminal(question, terminal, signal);
        if (!replied) return false;
        given();
        return of.reply(question.id, replied.reply, replied.from);
      },
    };
  }

  function limitIn(of: Engine, limit: LimitQuestion): Waiting {
    return {
      id: limit.id,
      ask: async (terminal, signal) => {
        const told = await askAtLimit(limit, terminal, signal);
        if (!told) return false;
        given();
        return of.answerLimit(limit.id, told.choice, told.from);
      },
    };
  }
}
