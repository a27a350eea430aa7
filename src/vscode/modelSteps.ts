import * as vscode from 'vscode';
import type { FoundModel, FoundSource } from '../shared/foundModels.ts';
import { visibleLine } from '../shared/visible.ts';
import { withoutIcons } from './messages.ts';

/** What a step came to: a value; the step before is wanted; or the person has left. */
export type Step<T> = { kind: 'done'; value: T } | { kind: 'back' } | { kind: 'left' };

interface Place {
  title: string;
  step: number;
  of: number;
  /** Whether there is a step before it. */
  canGoBack: boolean;
}

interface Typed<T> extends Place {
  prompt: string;
  value: string;
  placeholder?: string;
  isSecret: boolean;
  /** Looks at what was typed, by asking the server; a problem is shown, and it stays open. */
  check: (typed: string, signal: AbortSignal) => Promise<{ ok: true; value: T } | { ok: false; problem: string }>;
}

/** One step in which something is typed and tested before it counts. Leaving it stops the test. */
export function typedStep<T>(asked: Typed<T>): Promise<Step<T>> {
  const box = vscode.window.createInputBox();
  Object.assign(box, { title: asked.title, step: asked.step, totalSteps: asked.of, prompt: asked.prompt });
  Object.assign(box, { value: asked.value, password: asked.isSecret, ignoreFocusOut: true });
  box.placeholder = asked.placeholder;
  if (asked.canGoBack) box.buttons = [vscode.QuickInputButtons.Back];
  return new Promise((resolve, reject) => {
    const leaving = new AbortController();
    const end = (step: Step<T>): void => {
      resolve(step);
      leaving.abort();
      box.dispose();
    };
    const test = async (): Promise<void> => {
      box.enabled = false;
      box.busy = true;
      box.validationMessage = undefined;
      const found = await asked.check(box.value.trim(), leaving.signal);
      if (leaving.signal.aborted) return;
      if (found.ok) {
        end({ kind: 'done', value: found.value });
        return;
      }
      box.enabled = true;
      box.busy = false;
      box.validationMessage = visibleLine(found.problem);
    };
    box.onDidAccept(() => {
      if (box.enabled)
        test().catch((error: unknown) => {
          if (leaving.signal.aborted) return; // nobody waits for it any more
          end({ kind: 'left' });
          reject(error instanceof Error ? error : new Error(String(error)));
        });
    });
    box.onDidChangeValue(() => {
      box.validationMessage = undefined;
    });
    box.onDidTriggerButton(() => {
      end({ kind: 'back' });
    });
    box.onDidHide(() => {
      end({ kind: 'left' });
    });
    box.show();
  });
}

/** The last step: one of the models that the server lists, or a name that it does not list. */
export function modelStep(place: Place, source: FoundSource): Promise<Step<string>> {
  const list = vscode.window.createQuickPick<vscode.QuickPickItem & { name: string }>();
  Object.assign(list, { title: place.title, step: place.step, totalSteps: place.of, ignoreFocusOut: true });
  list.placeholder =
    source.models.length === 0
      ? `Type the name of a model: the server lists none. ${visibleLine(source.problem ?? '')}`
      : `A model, or the name of another. ${visibleLine(source.destination)}`;
  if (place.canGoBack) list.buttons = [vscode.QuickInputButtons.Back];
  const itemOf = ({ name, about }: FoundModel): vscode.QuickPickItem & { name: string } => ({
    label: withoutIcons(name),
    description: withoutIcons(about),
    name,
  });
  const show = (): void => {
    const typed = list.value.trim();
    const isListed = source.models.some(({ name }) => name === typed);
    const own =
      typed === '' || isListed ? [] : [{ label: withoutIcons(typed), description: 'as you typed it', name: typed }];
    list.items = [...source.models.map(itemOf), ...own];
  };
  show();
  return new Promise((resolve) => {
    const end = (step: Step<string>): void => {
      resolve(step);
      list.dispose();
    };
    list.onDidChangeValue(show);
    list.onDidAccept(() => {
      const [item] = list.selectedItems;
      if (item) end({ kind: 'done', value: item.name });
    });
    list.onDidTriggerButton(() => {
      end({ kind: 'back' });
    });
    list.onDidHide(() => {
      end({ kind: 'left' });
    });
    list.show();
  });
}
