import * as vscode from 'vscode';
import type { Agreement } from '../core/engine/storedRuns.ts';
import type { Image } from '../core/models/images.ts';
import { Cancelled, Failure } from '../core/outcome.ts';
import type { MessagePoint } from '../shared/runView.ts';
import type { AgentView } from '../vscode/agentView.ts';
import { askForFolders } from './askForFolders.ts';
import { askingToHandOver } from './askHandOver.ts';
import type { ModelChoice } from './modelChoice.ts';
import type { Session } from './session.ts';
import { IN_THIS_WINDOW } from './thisWindow.ts';
import type { WindowSession } from './windowSession.ts';

interface Parts {
  view: AgentView;
  session: WindowSession;
  model: ModelChoice;
  /** Looks at policy, sandbox and model anew. */
  look(): Promise<void>;
}

/** Runs beside the one under way here: earlier ones, and those of other windows and terminals. */
export class OtherRuns {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Begins a new run with what was said in another one up to a point; asks as going on with that one would. */
  async fork(point: MessagePoint, text: string, images: readonly Image[]): Promise<void> {
    const session = await this.#parts.session.forRun(point.run);
    const folders = await askForFolders(session.engine, point.run);
    await this.#parts.look();
    await askingToHandOver(async (model) => {
      const from = { ...point, from: IN_THIS_WINDOW };
      await session.fork(from, await this.#parts.model.model(session), { model, folders }, { text, images });
    });
  }

  /** `agreed`: to the question that came with it, and for which folder. */
  async resume(run: string, agreed?: Pick<Agreement, 'key' | 'named'>): Promise<void> {
    if (!vscode.workspace.isTrusted)
      throw new Failure('Runs go on only in a trusted workspace. Use "Workspaces: Manage Workspace Trust".');
    const session = await this.#parts.session.forRun(run, agreed?.named);
    const folders = agreed && { ...agreed, from: IN_THIS_WINDOW };
    try {
      await askingToHandOver(async (model) =>
        session.resume(run, await this.#parts.model.model(session), { model, folders }),
      );
    } catch (error) {
      this.#parts.view.changed(); // what could not go on is offered still
      if (!(error instanceof Cancelled)) throw error;
    }
  }

  /** Shows an earlier run in the panel, to be read and gone on with. */
  async show(run: string): Promise<void> {
    const session = await this.#parts.session.forRun(run);
    await session.engine.show(run);
    await session.refreshInterrupted();
    await this.#parts.view.reveal();
    this.#parts.view.say({ type: 'focus-task' });
  }

  /** Goes on in this window with a run that is at work elsewhere. */
  async takeOver(run: string): Promise<void> {
    if (!vscode.workspace.isTrusted)
      throw new Failure('Runs go on only in a trusted workspace. Use "Workspaces: Manage Workspace Trust".');
    await this.#parts.view.reveal();
    const session = await this.#parts.session.forRun(run);
    try {
      const folders = await askForFolders(session.engine, run);
      await askingToHandOver(async (agreed) => {
        const model = await this.#parts.model.model(session);
        // Let go of by whoever held it: from here on it is a run that goes on with another model.
        await (agreed === undefined
          ? session.takeOver(run, model, { folders })
          : session.resume(run, model, { model: agreed, folders }));
      });
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error; // it is offered still
    } finally {
      await this.lookElsewhere(session);
    }
  }

  /** Ends a run of another window or terminal, there. */
  async stop(run: string): Promise<void> {
    const session = await this.#parts.session.open();
    await session.engine.stopElsewhere(run).finally(() => session.refreshInterrupted());
    this.#parts.view.changed();
  }

  /** A window that was killed tells of nothing: once its run is not at work any more, it is offered here. */
  async lookElsewhere(session: Session): Promise<void> {
    if (!(await session.elsewhere.refresh())) return;
    await session.refreshInterrupted();
    this.#parts.view.changed();
  }
}
