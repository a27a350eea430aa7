import { OpenFiles } from '../core/editor/openFiles.ts';
import type { Engine } from '../core/engine/engine.ts';
import { explainDecision } from '../core/audit/explain.ts';
import { block, code } from '../core/audit/markdown.ts';
import { turnsOf } from '../core/audit/tree.ts';
import type { AcceptanceOffer } from '../core/lab/policyRecord.ts';
import { alwaysPolicy } from '../core/policy/always.ts';
import type { Reach } from '../core/kinds/kind.ts';
import { changeLines, policyText } from '../core/policy/entries.ts';
import { TOOL_NAMES } from '../core/policy/toolNames.ts';
import { toolsThat } from '../core/policy/toolsThat.ts';
import type { NodeParts } from '../node/engineParts.ts';
import { readPolicy } from '../node/policy/readPolicy.ts';
import { writePolicy } from '../node/policy/writePolicy.ts';
import { originText } from '../shared/decision.ts';
import { Failure } from '../core/outcome.ts';

/** A change of a policy file that waits for the user's word. */
export interface Proposal {
  file: string;
  before: string;
  after: string;
}

/** What the window's policy commands need of engine and adapters; it decides nothing itself. */
export class PolicyLab {
  readonly #engine: Engine;
  readonly #node: NodeParts;

  constructor(engine: Engine, node: NodeParts) {
    this.#engine = engine;
    this.#node = node;
  }

  async effective(): Promise<string> {
    return policyText(await this.#engine.policyLookedThrough());
  }

  /** Every tool; first what is tried most. */
  get tools(): readonly string[] {
    return [...new Set([...toolsThat('execute'), ...TOOL_NAMES])];
  }

  triedWith(tool: string): Promise<string> {
    return this.#engine.triedWith(tool);
  }

  /** What would happen if the agent made this call: a text for people. `argument` is the command or the path. */
  async tryAction(tool: string, argument: string, signal: AbortSignal): Promise<string> {
    const { decision, lights, action } = await this.#engine.tryAction(tool, argument, signal);
    const doubts = (action?.kind === 'run' ? action.command.doubts : []).map(({ why }) => `- ${code(why)}`);
    return [
      `# ${decision.verdict}: ${tool}`,
      '',
      ...block(argument),
      '',
      `- Decision: ${decision.verdict}`,
      `- Rule: ${code(decision.rule)}`,
      `- Why: ${code(decision.reason)}`,
      `- From: ${code(originText(decision.origin))}`,
      ...(lights.length > 0 ? [`- Would light: ${lights.join(', ')} (Rule of Two)`] : []),
      ...(doubts.length > 0 ? ['', '## Why it is not known to only look', '', ...doubts] : []),
      '',
      'Nothing was done. Grants of a run are not looked at.',
      '',
    ].join('\n');
  }

  async explain(run: string, action: string): Promise<string> {
    const found = turnsOf(await this.#node.audit.events(run))
      .flatMap((turn) => turn.actions)
      .find(({ id }) => id === action);
    if (!found) throw new Failure('This action is not in the log.');
    return explainDecision(found);
  }

  async acceptable(): Promise<(AcceptanceOffer & { words: string })[]> {
    return (await this.#engine.acceptable()).map((offer) => ({
      ...offer,
      words: changeLines(offer.change).join('\n'),
    }));
  }

  async accept(offer: AcceptanceOffer): Promise<void> {
    await this.#engine.accept(offer, this.#node.acceptance);
  }

  /** The user's policy with the rule that "always" would write for a question that waits. */
  async proposeAlways(approval: string, digest: string, reach: Reach): Promise<Proposal> {
    const action = this.#engine.desk.action(approval, digest);
    if (!action) throw new Failure('This question does not wait any more.');
    const file = this.#node.userPolicy;
    await this.#refuseUnsaved(file);
    const read = await readPolicy(file, { refusesLinks: false, mustBeAdministrators: false });
    if (read.kind === 'unreadable' || read.kind === 'not-administrators') throw new Failure(`${file}: ${read.problem}`);
    const before = read.kind === 'text' ? read.text : '';
    const today = new Date().toISOString().slice(0, 10);
    const { roots, home } = this.#node.parts;
    const written = alwaysPolicy(action, before, file, `you chose "Always allow" on ${today}`, { roots, home, reach });
    if (!written.ok) throw new Failure(written.problem);
    return { file, before, after: written.text };
  }

  /** Writes what was shown, if the file is still what it was then. */
  async write(proposal: Proposal): Promise<void> {
    await this.#refuseUnsaved(proposal.file);
    await writePolicy(proposal.file, proposal.before, proposal.after);
    await this.#engine.notePolicy();
  }

  /** Saving the policy in the editor would undo what is written beneath. */
  async #refuseUnsaved(file: string): Promise<void> {
    const { parts } = this.#node;
    const path = await parts.realPaths()(file);
    const unsaved = await new OpenFiles(parts.editor, () => parts.realPaths()).unsaved();
    if (unsaved.some((one) => one.path === path))
      throw new Failure('Your policy has unsaved changes in the editor. Save it first.');
  }
}
