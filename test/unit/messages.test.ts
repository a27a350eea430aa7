import { expect, test, vi } from 'vitest';

// The editor's module exists only inside an extension host; the function under test uses none of it.
vi.mock('vscode', () => ({}));
const { plain } = await import('../../src/vscode/messages.ts');

test('no text of others becomes a link in a notification', () => {
  // What VS Code 1.139 takes for a link in a notification.
  const link = /\[([^\]]+)\]\(((https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\4))?\)/;
  const attack = 'unknown key "[Show](command:workbench.action.terminal.sendSequence)"';
  expect(attack).toMatch(link);
  expect(plain(attack)).not.toMatch(link);
  expect(plain(`a\u202Eb\n[x]\u200B(command:y)`)).not.toMatch(link);
});
