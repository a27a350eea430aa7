import { OpenFiles } from '../core/editor/openFiles.ts';
import type { Engine } from '../core/engine/engine.ts';
import { explainDecision } from '../core/audit/explain.ts';
import { block, code, wordsOrCode } from '../core/audit/markdown.ts';
import { pluginsPage } from '../core/plugins/standing.ts';
import { pluginsNow } from '../node/plugins/standing.ts';
import { originLink } from '../core/audit/placeLink.ts';
import { readAction, wholeAction } from '../core/audit/storedAction.ts';
import { turnsOf, type ActionNode } from '../core/audit/tree.ts';
import { lastAnswer } from '../core/audit/who.ts';
import type { ActionOf } from '../core/checkpoint/port.ts';
import { policyDocument } from '../core/lab/policyDocument.ts';
import type { AcceptanceOffer } from '../core/lab/policyRecord.ts';
import type { HostSet } from '../core/egress/hostSets.ts';
import { lastQuestions } from '../core/lab/lastQuestions.ts';
import { ruleSaying } from '../core/policy/alwaysRule.ts';
import { changeLines } from '../core/policy/entries.ts';
import { maximumPrivacy } from '../core/policy/privacy.ts';
import { TOOL_NAMES } from '../core/policy/toolNames.ts';
import { toolsThat } from '../core/policy/toolsThat.ts';
import type { NodeParts } from '../node/engineParts.ts';
import { proposeAlways, proposeRule, type RuleWanted } from '../node/policy/alwaysProposal.ts';
import { proposeHosts } from '../node/policy/hostsProposal.ts';
import { proposePrivacy } from '../node/policy/privacyProposal.ts';
import { writePolicy } from '../node/policy/writePolicy.ts';
import type { Action } from '../shared/action.ts';
import { AFTER_THIS } from '../shared/flow.ts';
import type { Origin, Verdict } from '../shared/decision.ts';
import type { PolicyChange, Reach } from '../shared/policyChange.ts';
import type { Spared } from '../shared/spared.ts';
import { Failure } from '../core/outcome.ts';

const VERDICTS: Record<Verdict, string> = { allow: 'Would be allowed:', ask: 'Would ask:', deny: 'Would be denied:' };

/** What the window's policy commands need of engine and adapters; it decides nothing itself. */
export class PolicyLab {
  readonly #engine: Engine;
  readonly #node: NodeParts;

  constructor(engine: Engine, node: NodeParts) {
    this.#engine = engine;
    this.#node = node;
  }

  /** The policy in force, as a document. */
  async effective(): Promise<string> {
    return policyDocument(await this.#engine.policyLookedThrough());
  }

  /** The plugins that the policy names, as a page. */
  async plugins(): Promise<string> {
    const { roots, plugins: port } = this.#node.parts;
    const declared = (await this.#engine.policyLookedThrough()).plugins.value;
    return pluginsPage(await pluginsNow(declared, { folder: roots[0] ?? '', port }));
  }

  /** Those of which something was accepted here. */
  get acceptedPlugins(): string[] {
    const { roots, plugins } = this.#node.parts;
    return plugins.pins.all().flatMap(({ folder, plugin }) => (folder === roots[0] ? [plugin] : []));
  }

  async forgetPlugin(name: string): Promise<void> {
    const { roots, plugins } = this.#node.parts;
    await plugins.pins.forget(roots[0] ?? '', name);
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
      `# ${VERDICTS[decision.verdict]} ${code(tool)}`,
      '',
      ...block(argument),
      '',
      `- Rule: ${code(decision.rule)}`,
      `- Why: ${wordsOrCode(decision.reason)}`,
      `- From: ${originLink(decision.origin)}`,
      ...lights.map((flag) => `- ${AFTER_THIS[flag]}`),
      ...(doubts.length > 0 ? ['', '## Why it is not known to only look', '', ...doubts] : []),
      '',
      'Nothing was done. Grants of a run are not looked at.',
      '',
    ].join('\n');
  }

  async explain(of: ActionOf): Promise<string> {
    return explainDecision(await this.#logged(of));
  }

  /** An action of the log that a rule can speak of exactly, and who answered it; undefined where none can. */
  async ruleable(of: ActionOf): Promise<{ action: Action; isDenied: boolean; said: string | undefined } | undefined> {
    const { events, said } = await this.#logged(of);
    const stored = readAction(events.findLast(({ type }) => type === 'proposed')?.payload);
    const action = stored.kind === 'action' ? wholeAction(stored) : undefined;
    if (!action || !ruleSaying('allow', action, '-', this.#node.parts)) return undefined;
    return { action, isDenied: lastAnswer(events)?.data['choice'] === 'deny', said };
  }

  /** The user's policy with a rule about an action of the log. Nothing is written. */
  async proposeRule(action: Action, wanted: RuleWanted): Promise<PolicyChange> {
    const file = this.#node.userPolicy;
    await this.#refuseUnsaved(file);
    const { roots, home } = this.#node.parts;
    return proposeRule(action, wanted, { file, roots, home });
  }

  /** The user's policy with the hosts of these sets; undefined where they are allowed already. Nothing is written. */
  async proposeHosts(sets: readonly HostSet[]): Promise<PolicyChange | undefined> {
    const file = this.#node.userPolicy;
    await this.#refuseUnsaved(file);
    return proposeHosts(sets, file);
  }

  async #logged({ run, action }: ActionOf): Promise<ActionNode> {
    const found = turnsOf(await this.#node.audit.events(run))
      .flatMap((turn) => turn.actions)
      .find(({ id }) => id === action);
    if (!found) throw new Failure('This action is not in the log.');
    return found;
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

  /** What remembering the answer to a question that waits would have spared of the last ones of this workspace. */
  async spared(approval: string, digest: string): Promise<Spared> {
    const { audit, parts } = this.#node;
    const { waiting, runs } = await lastQuestions(audit, { waiting: approval, folders: parts.roots });
    if (!this.#engine.desk.action(approval, digest)) throw new Failure('This question does not wait any more.');
    return waiting?.about ? this.#engine.spared(waiting.about, runs) : { of: runs.flat().length, offers: [] };
  }

  /** The user's policy with the rule that "always" would write for a question that waits. */
  async proposeAlways(approval: string, digest: string, reach: Reach): Promise<PolicyChange> {
    const action = this.#engine.desk.action(approval, digest);
    if (!action) throw new Failure('This question does not wait any more.');
    const file = this.#node.userPolicy;
    await this.#refuseUnsaved(file);
    const { roots, home } = this.#node.parts;
    return proposeAlways(action, reach, { file, roots, home });
  }

  /** The user's policy with Maximum privacy turned on or off. */
  async proposePrivacy(isOn: boolean): Promise<PolicyChange> {
    const file = this.#node.userPolicy;
    await this.#refuseUnsaved(file);
    return proposePrivacy(file, isOn);
  }

  /** Who has Maximum privacy on; undefined where nobody has. */
  async privacyBy(): Promise<Origin | undefined> {
    return maximumPrivacy(await this.#engine.policy());
  }

  /** Writes what was shown, if the file is still what it was then. */
  async write(proposal: PolicyChange): Promise<void> {
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
