import * as vscode from 'vscode';
import { Beats } from './beats.ts';

/**
 * Whether the client of this window is there: the tab or desktop window that shows it, also while the panel is hidden. An
 * extension host on a server outlives a client that crashed by up to three hours, and no event tells of it; but what is
 * asked of the client is answered by the client alone, and by one that reconnects. So a context key is set there.
 */
export function clientPresence(): Beats {
  return new Beats((beat) => vscode.commands.executeCommand('setContext', 'oversign.beat', beat));
}
