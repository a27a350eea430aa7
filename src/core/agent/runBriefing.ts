import type { InForce } from '../policy/decide.ts';
import { ProjectInstructions, readInstructions, type Told } from '../briefing/instructions.ts';
import { policyWords } from '../briefing/policyWords.ts';
import { SINCE, systemPrompt } from '../briefing/prompt.ts';
import { lookAround } from '../briefing/surroundings.ts';
import { runnerOf } from '../tools/runner.ts';
import type { CallRun } from '../tools/callRun.ts';
import type { Conversation } from './conversation.ts';
import type { RunParts } from './runParts.ts';
import type { RunRecord } from './runRecord.ts';
import { charactersOfAll } from './size.ts';
import type { Transcript } from './transcript.ts';

/** What is used of the run. */
interface Briefed {
  parts: Pick<RunParts, 'folder' | 'folders' | 'calls' | 'machine' | 'answerer' | 'redactor' | 'onChange'>;
  conversation: Conversation;
  transcript: Transcript;
  log: RunRecord;
  callRun(signal: AbortSignal): CallRun;
}

/** What a run's model is told without having asked: where it is, what holds there, and what the project says of itself. */
export class RunBriefing {
  readonly #run: Briefed;
  readonly #instructions: ProjectInstructions;

  constructor(run: Briefed) {
    this.#run = run;
    this.#instructions = new ProjectInstructions(run.conversation.messages);
  }

  /**
   * Before the first turn of a piece of work. What was told stands, so that providers read it from their cache, unless
   * something else is allowed, or somebody else answers, than it says: whoever goes on with a run may be elsewhere.
   */
  async begin({ policy, scope, way: { way } }: InForce, signal: AbortSignal): Promise<void> {
    const { parts, conversation } = this.#run;
    const { folder, calls, machine, answerer } = parts;
    const { files, runners } = calls;
    const told = conversation.prompt.split('\n');
    if (policyWords(policy, answerer, way).every((line) => told.includes(`- ${line}`))) return;
    const folders = parts.folders.map(({ path }) => path);
    const around = await lookAround({ folder, files, scope, policy, runners }, signal);
    const hasScratch = policy.sandbox.value && runnerOf(policy, runners).hasScratch === true;
    const hasDoor =
      policy.sandbox.value && runnerOf(policy, runners).hasDoor === true && policy.network.value !== 'none';
    const project = await this.#instructions.ofFolders(folders, this.#run.callRun(signal), signal);
    const prompt = systemPrompt({ folder, folders, policy, way, answerer, machine, around, hasScratch, hasDoor });
    const since = told.filter((line) => line.startsWith(SINCE));
    conversation.introduce([prompt, ...since].join('\n'), project.messages);
    await this.#noted(project);
  }

  /** Paths were touched: folders there may have instructions of their own. */
  async touched(paths: readonly string[], signal: AbortSignal): Promise<void> {
    const roots = this.#run.parts.folders.map(({ path }) => path);
    const told = await this.#instructions.near(paths, roots, this.#run.callRun(signal), signal);
    for (const message of told.messages) this.#run.conversation.add(message);
    await this.#noted(told);
  }

  async #noted({ files, messages }: Told): Promise<void> {
    if (files.length === 0) return;
    const { conversation, log, transcript, parts } = this.#run;
    for (const { path } of files) conversation.contentOf.add(path);
    const paths = files.map(({ shown }) => shown);
    await log.add('instructions', { files: files.length, characters: charactersOfAll(messages) }, { paths });
    transcript.add({ kind: 'notice', level: 'info', text: parts.redactor.text(readInstructions(paths)) });
    parts.onChange();
  }
}
