import type { FromPanel } from '../../src/shared/protocol.ts';

/** What VS Code gives a webview, once. The state it keeps survives a hidden panel and a reloaded window. */
export interface Host {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  // A global of the page, put there by VS Code.
  var acquireVsCodeApi: () => Host;
}

export function acquireVsCodeApi(): Host {
  return globalThis.acquireVsCodeApi();
}
