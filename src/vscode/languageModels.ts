import * as vscode from 'vscode';
import type { EditorMessage, EditorModelFacts, EditorModels, EditorPart, EditorTool } from '../shared/editorModels.ts';

const WHY = 'Oversign runs an agent in this workspace with the model that you chose.';

/** The editor's language models (`vscode.lm`). Of the editor's own tools (`vscode.lm.tools`) no model is told. */
export class LanguageModels implements EditorModels {
  async models(): Promise<EditorModelFacts[]> {
    return (await vscode.lm.selectChatModels()).map((model) => ({
      name: nameOf(model),
      vendor: model.vendor,
      label: model.name === '' ? model.id : model.name,
      inputTokens: model.maxInputTokens,
      extension: extensionOf(model.vendor),
    }));
  }

  async *send(
    name: string,
    { messages, tools }: { messages: readonly EditorMessage[]; tools: readonly EditorTool[] },
    signal: AbortSignal,
  ): AsyncIterable<EditorPart> {
    const cancelling = new vscode.CancellationTokenSource();
    const stop = (): void => {
      cancelling.cancel();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (signal.aborted) stop();
      const model = await found(name);
      if (signal.aborted) return; // nobody waits any more: nothing is sent
      if (!model) {
        yield { type: 'failed', code: 'NotFound', words: '' };
        return;
      }
      const options = { justification: WHY, tools: tools.map((tool) => ({ ...tool })) };
      const { stream } = await model.sendRequest(messages.map(toEditor), options, cancelling.token);
      for await (const part of stream) {
        if (part instanceof vscode.LanguageModelTextPart) yield { type: 'text', text: part.value };
        else if (part instanceof vscode.LanguageModelToolCallPart)
          yield { type: 'call', id: part.callId, name: part.name, input: part.input };
        // What else there is (thoughts, images) is shown to nobody and wanted back by nobody.
        else yield { type: 'other' };
      }
    } catch (error) {
      if (signal.aborted) throw error;
      yield { type: 'failed', ...failed(error) };
    } finally {
      signal.removeEventListener('abort', stop);
      cancelling.cancel(); // whoever stops reading ends it
      cancelling.dispose();
    }
  }

  async count(name: string, text: string, signal: AbortSignal): Promise<number> {
    const cancelling = new vscode.CancellationTokenSource();
    const stop = (): void => {
      cancelling.cancel();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const model = await found(name);
      signal.throwIfAborted();
      return (await model?.countTokens(text, cancelling.token)) ?? 0;
    } finally {
      signal.removeEventListener('abort', stop);
      cancelling.dispose();
    }
  }
}

function nameOf({ vendor, id }: vscode.LanguageModelChat): string {
  return `${vendor}/${id}`;
}

async function found(name: string): Promise<vscode.LanguageModelChat | undefined> {
  const vendor = name.slice(0, name.indexOf('/'));
  return (await vscode.lm.selectChatModels({ vendor })).find((model) => nameOf(model) === name);
}

/** The extension whose manifest says that it brings the models of this vendor. */
function extensionOf(vendor: string): string {
  const bringing = vscode.extensions.all.find(({ packageJSON }) => {
    const brought: unknown = (packageJSON as { contributes?: { languageModelChatProviders?: unknown } }).contributes
      ?.languageModelChatProviders;
    return Array.isArray(brought) && brought.some((one) => (one as { vendor?: unknown } | null)?.vendor === vendor);
  });
  if (!bringing) return '';
  const { displayName } = bringing.packageJSON as { displayName?: unknown };
  return typeof displayName === 'string' && !displayName.startsWith('%') ? displayName : bringing.id;
}

function toEditor(message: EditorMessage): vscode.LanguageModelChatMessage {
  switch (message.role) {
    case 'user':
      return vscode.LanguageModelChatMessage.User(message.text);
    case 'assistant':
      return vscode.LanguageModelChatMessage.Assistant([
        ...(message.text === '' ? [] : [new vscode.LanguageModelTextPart(message.text)]),
        ...message.calls.map(({ id, name, input }) => new vscode.LanguageModelToolCallPart(id, name, input)),
      ]);
    case 'results':
      return vscode.LanguageModelChatMessage.User(
        message.results.map(
          ({ call, text }) => new vscode.LanguageModelToolResultPart(call, [new vscode.LanguageModelTextPart(text)]),
        ),
      );
  }
}

function failed(error: unknown): { code: string; words: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return {
    code: error instanceof vscode.LanguageModelError ? error.code : '',
    words: cause instanceof Error ? cause.message : String(cause),
  };
}
