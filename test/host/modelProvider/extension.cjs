// An extension that brings language models, as Copilot does: scripted, but registered and asked for real. It keeps what
// it is sent, so that a test can look at it.
const vscode = require('vscode');

const seen = [];

/** What the model says next: a call at first, words once it has the result, and whatever its name says goes wrong. */
function reply(model, messages, progress) {
  if (model.id === 'broken') throw new Error('prompt is too long for this model');
  const results = messages.flatMap(({ content }) =>
    content.filter((part) => part instanceof vscode.LanguageModelToolResultPart),
  );
  if (results.length === 0) {
    progress.report(new vscode.LanguageModelTextPart('I look '));
    progress.report(new vscode.LanguageModelTextPart('around.'));
    progress.report(new vscode.LanguageModelToolCallPart('call/1', 'list_directory', { path: '.' }));
    return;
  }
  progress.report(new vscode.LanguageModelTextPart('There is something.'));
}

let script;

/** A request as a script of the recorded tasks looks at it (`SeenRequest`). */
function seenBy(messages, tools, { id }) {
  const { User } = vscode.LanguageModelChatMessageRole;
  const said = messages.flatMap(({ role, content }) =>
    content.map((part) =>
      part instanceof vscode.LanguageModelToolResultPart
        ? { role: 'tool', text: part.content.map(textOf).join('') }
        : { role: role === User ? 'user' : 'assistant', text: textOf(part) },
    ),
  );
  const since = said.slice(said.findLastIndex(({ role }) => role === 'user') + 1);
  const results = since.flatMap(({ role, text }) => (role === 'tool' ? [text] : []));
  return { messages: said, results, tools: tools.map(({ name }) => name), model: id };
}

let calls = 0;
async function recorded(request, progress) {
  const { text = '', calls: made = [] } = await script(request);
  if (text !== '') progress.report(new vscode.LanguageModelTextPart(text));
  for (const { name, args } of made)
    progress.report(new vscode.LanguageModelToolCallPart(`call/${(calls += 1)}`, name, args ?? {}));
}

function textOf(part) {
  if (part instanceof vscode.LanguageModelTextPart) return part.value;
  if (part instanceof vscode.LanguageModelToolCallPart) return `call ${part.callId} ${part.name}`;
  if (part instanceof vscode.LanguageModelToolResultPart) return `result ${part.callId}: ${part.content.map(textOf)}`;
  return '?';
}

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.commands.registerCommand('oversignTest.seen', () => seen.splice(0)),
    // Both extensions live in one host: a function arrives as it is.
    vscode.commands.registerCommand('oversignTest.play', (given) => {
      script = given;
    }),
    vscode.lm.registerLanguageModelChatProvider('oversign-test', {
      provideLanguageModelChatInformation: () =>
        ['steady', 'broken', 'recorded'].map((id) => ({
          ...{ id, name: `Test ${id}`, family: 'test', version: '1' },
          ...{ maxInputTokens: 50_000, maxOutputTokens: 4096, capabilities: { toolCalling: true } },
        })),
      provideLanguageModelChatResponse: async (model, messages, { tools = [] }, progress) => {
        seen.push({
          tools: tools.map(({ name }) => name),
          texts: messages.map(({ role, content }) => `${role}: ${content.map(textOf).join('|')}`),
        });
        if (model.id === 'recorded') await recorded(seenBy(messages, tools, model), progress);
        else reply(model, messages, progress);
      },
      provideTokenCount: async (_model, text) => (typeof text === 'string' ? Math.ceil(text.length / 4) : 1),
    }),
  );
};
