import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import ts from 'typescript';

/** Where the sentences stand that people decide by: of cards, reasons, states, notices and errors at a run's start. */
const ROOMS: Record<string, readonly string[]> = {
  'why it asks, or is denied': [
    ...[
      'browse',
      'change',
      'confirmed',
      'follow',
      'look',
      'modify',
      'query',
      'run',
      'secrets',
      'send',
      'table',
      'talk',
      'variable',
    ].map((name) => `src/core/kinds/${name}.ts`),
    ...['src/core/command/doubtWords.ts', 'src/core/flow/ruleOfTwo.ts', 'src/core/scope/guard.ts'],
    ...['src/core/policy/decide.ts', 'src/core/tools/whoseQuestion.ts'],
    ...['src/core/egress/hostDecision.ts', 'src/core/egress/judgeAddress.ts'],
    ...['src/core/tools/code/languages.ts', 'src/core/tools/environment/variableDenial.ts'],
    ...['src/core/egress/privacyRule.ts', 'src/core/policy/privacy.ts', 'src/shared/privacyMeans.ts'],
  ],
  'ways of working, and the review': [
    ...['src/shared/wayWords.ts', 'src/shared/review.ts', 'src/core/policy/ways.ts', 'src/core/kinds/reviewed.ts'],
    ...['src/core/tools/beginning.ts', 'src/core/tools/files/revertPart.ts', 'src/core/engine/reviews.ts'],
    ...['src/cli/reviewing.ts', 'src/extension/reviewDesk.ts'],
  ],
  'what could be lost, and undone': [
    ...[
      'src/shared/block.ts',
      'src/shared/flow.ts',
      'src/core/tools/files/undo.ts',
      'src/core/tools/files/editFiles.ts',
    ],
    ...['src/core/tools/command/consequence.ts', 'src/core/tools/command/describeCommand.ts'],
  ],
  'the card': [
    'src/core/kinds/plugin.ts',
    ...[
      'pluginCards',
      'startPlugin',
      'acceptTool',
      'pluginTool',
      'runPlugins',
      'runningPlugin',
      'pluginOf',
      'ownHosts',
    ].map((name) => `src/core/tools/plugins/${name}.ts`),
    'src/core/plugins/definitions.ts',
    'src/core/tools/web/requestCard.ts',
    'src/core/tools/web/pageCard.ts',
    'src/core/tools/web/reviewedPage.ts',
    ...['src/core/tools/environment/readEnvironment.ts', 'src/core/tools/editor/renameSymbol.ts'],
    ...['askPostgres', 'changingPostgres', 'changingSqlite', 'databaseCard', 'querying'].map(
      (name) => `src/core/tools/database/${name}.ts`,
    ),
    'src/core/tools/web/hostFacts.ts',
    ...[
      'src/core/kinds/connect.ts',
      'src/core/tools/connect/connectTool.ts',
      'src/core/tools/connect/connectionCard.ts',
      'src/core/tools/connect/connections.ts',
    ],
    ...['src/core/tools/command/commandCard.ts', 'src/core/tools/unsaved.ts', 'src/terminal/cardText.ts'],
    ...[
      'deletePath',
      'diffCard',
      'linkedNames',
      'looking',
      'movePath',
      'revertAction',
      'revertCard',
      'revertSteps',
    ].map((name) => `src/core/tools/files/${name}.ts`),
  ],
  answers: [
    ...['src/shared/denyReasons.ts', 'src/core/tools/step.ts', 'src/terminal/approver.ts'],
    ...['src/core/tools/openCall.ts', 'src/core/tools/editedUse.ts'],
  ],
  'effects first': [
    ...['commandEffects', 'effectsOffer', 'effectsShown'].map((name) => `src/core/tools/command/${name}.ts`),
    ...['src/core/tools/effectsFirst.ts', 'src/node/sandbox/effects/dryRunsHere.ts'],
    'src/node/sandbox/effects/told.ts',
  ],
  'what can be seen, and what has left': [
    ...['exposureWords', 'exposureBlocks', 'reachWords', 'togetherBlocks', 'nodes', 'nodesTogether'].map(
      (name) => `src/core/exposure/${name}.ts`,
    ),
    ...['src/core/exposure/receiptFacts.ts', 'src/core/exposure/compare.ts', 'src/cli/verifyReceipt.ts'],
    'src/extension/exposureCommands.ts',
  ],
  'the security checklist, and a replay': [
    ...['policyChecks', 'placeChecks', 'evidenceChecks'].map((name) => `src/core/checklist/${name}.ts`),
    ...['left', 'replayWords', 'replayDocument'].map((name) => `src/core/lab/replay/${name}.ts`),
  ],
  'how it ended': ['src/shared/outcomeWords.ts', 'src/shared/actionOutcome.ts', 'src/core/audit/decisionWords.ts'],
  'states of a run': [
    ...['forked', 'limits', 'loop', 'pieceOfWork', 'run', 'wentOn'].map((name) => `src/core/agent/${name}.ts`),
    ...[
      'src/core/models/replyEnd.ts',
      'src/core/presence/elsewhere.ts',
      'src/core/presence/presence.ts',
      'src/core/audit/forkWords.ts',
    ],
  ],
  'errors and notices': [
    ...['callParts', 'reverts', 'runDesk', 'storedRuns'].map((name) => `src/core/engine/${name}.ts`),
    ...[
      'src/core/tools/decideCall.ts',
      'src/extension/attention.ts',
      'src/extension/controller.ts',
      'src/extension/otherRuns.ts',
    ],
    ...['src/extension/waitingNotice.ts', 'src/extension/atStart.ts', 'src/shared/settingProblems.ts'],
    ...['src/extension/runOnThis.ts', 'src/extension/pickedThings.ts', 'src/extension/workspaceSettings.ts'],
    ...['src/extension/folderNotes.ts', 'src/extension/chooseFolders.ts', 'webview/state/worksIn.ts'],
    'src/extension/makeRule.ts',
  ],
};

const GOLDEN = new URL('../golden/sentences.txt', import.meta.url);
const MOST_WORDS = 20;

/** Words that mean something to whoever wrote them alone. */
const JARGON =
  /bound to|beyond checkpoints|no checkpoint|would light|does more than look|pre-?image|asked \(|\bnull\b/i;
const DOUBLED = /\b([a-z]+)[,:]? \1\b/i;

/** The texts in a file that are at least three words long, `…` for what is filled in; not what is told to developers. */
function sentencesIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const take = (text: string): void => {
    if (/\p{L}/u.test(text) && text.trim().split(/\s+/).length >= 3) found.push(text.trim());
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || isForDevelopers(node, source)) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) take(node.text);
    else if (ts.isTemplateExpression(node))
      take(node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join(''));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What tools are told of, and bugs: the model and developers read those. */
function isForDevelopers(node: ts.Node, source: ts.SourceFile): boolean {
  if (ts.isNewExpression(node)) return node.expression.getText(source) === 'Error';
  if (ts.isCallExpression(node)) return /\.describe$/.test(node.expression.getText(source));
  return ts.isPropertyAssignment(node) && ['summary', 'about'].includes(node.name.getText(source));
}

const ALL = Object.entries(ROOMS).map(
  ([name, files]) => [name, files.map((file): [string, string[]] => [file, sentencesIn(file)])] as const,
);

function troubles(text: string): string[] {
  const long = text.split(/(?<=[.?!])\s+/).filter((one) => one.split(/\s+/).length > MOST_WORDS);
  return [
    ...long.map((one) => `more than ${MOST_WORDS} words: ${one}`),
    ...(JARGON.test(text) ? [`words of our own: ${text}`] : []),
    ...(DOUBLED.test(text) ? [`doubled: ${text}`] : []),
  ];
}

test('all sentences of cards, states and errors can be read in one place, and were read when they changed', () => {
  const lines = ALL.flatMap(([name, files]) => [
    `# ${name}`,
    '',
    ...files.flatMap(([file, texts]) =>
      texts.length === 0 ? [] : [file, ...texts.map((text) => `  ${JSON.stringify(text).slice(1, -1)}`), ''],
    ),
  ]);
  expect(ALL.flatMap(([, files]) => files.flatMap(([, texts]) => texts)).length).toBeGreaterThan(100);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, `${lines.join('\n')}\n`);
  expect(`${lines.join('\n')}\n`).toBe(readFileSync(GOLDEN, 'utf8'));
});

test('none of them is longer than twenty words, in words of our own, or says a word twice', () => {
  expect(ALL.flatMap(([, files]) => files.flatMap(([, texts]) => texts.flatMap(troubles)))).toEqual([]);
  // What it is to find:
  expect(troubles('This would light: x')).not.toEqual([]);
  expect(troubles('denied, denied by you')).not.toEqual([]);
  expect(troubles(`${'word '.repeat(21)}end.`)).not.toEqual([]);
  expect(troubles('It only reads, and inside the workspace.')).toEqual([]);
});
