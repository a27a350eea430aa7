import { comparable } from '../core/audit/changed.ts';
import { oldChange } from '../core/audit/oldChange.ts';
import type { ActionOf } from '../core/checkpoint/port.ts';
import type { RunFilter } from '../core/audit/filter.ts';
import { runPage } from '../core/audit/html.ts';
import type { Erased, RunPage } from '../core/audit/port.ts';
import { questionWords } from '../core/audit/questions.ts';
import { code } from '../core/audit/markdown.ts';
import { actionReport } from '../core/audit/details.ts';
import { runReport } from '../core/audit/report.ts';
import { turnsOf, type ActionNode, type ListedTurn } from '../core/audit/tree.ts';
import { verdictWords, type Verdict } from '../core/audit/verdict.ts';
import { writeExport } from '../node/audit/exportFile.ts';
import type { NodeParts } from '../node/engineParts.ts';
import type { RunSummary } from '../shared/auditEvent.ts';
import type { TextOf, TextPart } from '../shared/longText.ts';
import { Failure } from '../core/outcome.ts';

/** So far back a run of the panel may lie. */
const NEWEST = 500;
const WEEKS_MS = 26 * 7 * 86_400_000;

const TITLES: Record<Verdict['state'], string> = {
  whole: 'The audit log is whole',
  unsigned: 'The audit log is whole as far as it is signed',
  unchecked: 'The audit log cannot be checked against everything',
  broken: 'The audit log is NOT whole',
};

/** A file's text before and after an action, as far as it is kept. */
interface Sides {
  path: string;
  before: string | undefined;
  after: string | undefined;
}
type SidesOfChange = { [K in keyof Sides]: NonNullable<Sides[K]> };

/** What the window does with the log: reads, checks, exports and erases. It decides nothing itself. */
export class LogDesk {
  readonly #node: NodeParts;
  #verified: { verdict: Verdict; checked: number } | undefined;

  constructor(node: NodeParts) {
    this.#node = node;
  }

  page(filter: RunFilter, limit: number, before?: number): Promise<RunPage> {
    return this.#node.audit.find(filter, limit, before);
  }

  /** A run of the log's newest; undefined where there is none of this name among them. */
  async summary(run: string): Promise<RunSummary | undefined> {
    return (await this.page({}, NEWEST)).runs.find((one) => one.run === run);
  }

  /** The values that there are to filter by. */
  values(kind: 'tool' | 'effect' | 'host'): Promise<string[]> {
    return this.#node.audit.values(kind);
  }

  turns(run: string, filter: RunFilter): Promise<ListedTurn[]> {
    return this.#node.audit.turns(run, filter);
  }

  /** A part of a long text of a run. */
  text(run: string, of: TextOf, from: number): Promise<TextPart | undefined> {
    return this.#node.audit.textOf(run, of, from);
  }

  async report(run: RunSummary, action?: string): Promise<string> {
    const node = action === undefined ? undefined : await this.action(run.run, action);
    return node ? actionReport(node) : runReport(run, await this.#node.audit.events(run.run));
  }

  async html(run: RunSummary): Promise<string> {
    return runPage(run, await this.#node.audit.events(run.run));
  }

  async action(run: string, action: string): Promise<ActionNode | undefined> {
    return turnsOf(await this.#node.audit.events(run))
      .flatMap((turn) => turn.actions)
      .find((one) => one.id === action);
  }

  /** Both sides of what an action did to files. Throws a sentence where they are not known any more. */
  async changes(run: string, action: string): Promise<SidesOfChange[]> {
    const node = await this.action(run, action);
    const changed = node && (await this.#sides(node, { run, action }));
    if (!changed || changed.length === 0)
      throw new Failure('This action changed no file that could be shown, or its details were erased.');
    const known = changed.flatMap(({ path, before, after }) =>
      before === undefined || after === undefined ? [] : [{ path, before, after }],
    );
    if (known.length === 0)
      throw new Failure('What stood in the file before is not kept any more, so that there is nothing to compare.');
    return known;
  }

  async #sides({ changed, tool, events }: ActionNode, of: ActionOf): Promise<Sides[]> {
    const { checkpoints } = this.#node.parts;
    if (changed)
      return Promise.all(
        comparable(changed).map(async ({ path, before, after }) => ({
          path,
          before: before.kind === 'absent' ? '' : await checkpoints.text(of, path, 'before'),
          after: after?.kind === 'absent' ? '' : await checkpoints.text(of, path, 'after'),
        })),
      );
    const old = oldChange(tool, events);
    if (!old) return [];
    const before = await checkpoints.text(of, old.path, 'before');
    return [{ path: old.path, before, after: before === undefined ? undefined : old.after(before) }];
  }

  async verify(signal: AbortSignal, progress: (done: number, of: number) => void): Promise<Verdict | undefined> {
    const verdict = await this.#node.evidence.verify(signal, progress, { mustAll: true });
    if (verdict) this.#verified = { verdict, checked: Date.now() };
    return verdict;
  }

  /** How it was found when it was checked last in this window. */
  get verified(): { verdict: Verdict; checked: number } | undefined {
    return this.#verified;
  }

  /** The verdict, and how those who keep evidence outside stand: a text for people. */
  async verdictText(verdict: Verdict): Promise<string> {
    const states = await this.#node.evidence.states();
    return [
      `# ${TITLES[verdict.state]}`,
      '',
      ...verdictWords(verdict, new Date()).map((line) => `- ${code(line)}`),
      '',
      ...states.map(({ name, ok, words }) => `- ${ok ? '' : 'PROBLEM: '}${code(`${name}: ${words}`)}`),
      '',
      `- Log: ${code(verdict.log)}`,
      `- File: ${code(this.#node.audit.file)}`,
      '',
    ].join('\n');
  }

  /** What the log and its search have of a run goes, and what was kept of files that it changed. */
  async erase(run: string): Promise<Erased> {
    const erased = await this.#node.audit.erase({ scope: 'run', run });
    await this.#node.keptVersions.erase(erased.runs);
    return erased;
  }

  /** One run, or the whole log, as JSON Lines that can be checked without the log. */
  async export(target: string, run?: string): Promise<void> {
    await writeExport(this.#node.audit.file, target, run);
  }

  async questions(): Promise<string> {
    const weeks = await this.#node.audit.questions(Date.now() - WEEKS_MS);
    return [
      '# How much was asked',
      '',
      ...(weeks.length === 0 ? ['Nobody was asked anything in the last 26 weeks.', ''] : []),
      ...weeks.flatMap(({ week, questions }) => [`- Week of ${week}: ${questionWords(questions)}`]),
      '',
      'Each run’s own numbers are in its report.',
      '',
    ].join('\n');
  }
}
