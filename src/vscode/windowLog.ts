import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { withoutHome } from '../shared/withoutHome.ts';

/** What one window has to say of itself, for whoever looks for a fault: the editor's log channel, made at its first line. */
export class WindowLog implements vscode.Disposable {
  #channel: vscode.LogOutputChannel | undefined;
  #home: string | undefined;
  #before = new Map<string, string>();
  /** Takes secrets out of what is written. */
  mask: (text: string) => string = (text) => text;

  error(text: string): void {
    this.#open().error(this.masked(text));
  }

  warn(text: string): void {
    this.#open().warn(this.masked(text));
  }

  info(text: string): void {
    this.#open().info(this.masked(text));
  }

  /** How something stands, once for as long as it stands so. */
  stands(what: string, how: string): void {
    if (this.#before.get(what) === how) return;
    this.#before.set(what, how);
    this.info(`${what}: ${how}`);
  }

  show(): void {
    this.#open().show();
  }

  masked(text: string): string {
    return withoutHome(this.mask(text), (this.#home ??= homeOrNone()));
  }

  dispose(): void {
    this.#channel?.dispose();
  }

  #open(): vscode.LogOutputChannel {
    this.#channel ??= vscode.window.createOutputChannel('Oversign', { log: true });
    return this.#channel;
  }
}

function homeOrNone(): string {
  try {
    return homedir();
  } catch {
    return ''; // an account that the system does not know has none to hide
  }
}
