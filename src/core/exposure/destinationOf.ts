import { cutVisibly } from '../../shared/cut.ts';

/** What was never written by this product may be of any length. */
const MOST = 300;
const USUAL: ReadonlyMap<string, string> = new Map([
  ['https', '443'],
  ['http', '80'],
]);

/**
 * Where the log's `origin` leads, as people read it: one name for a host and port, whatever was spoken there. `host` is
 * undefined where it names none.
 */
export function destinationOf(origin: string): { name: string; host: string | undefined } {
  const [, scheme = '', host, said] =
    /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+)(?::(\d{1,5}))?$/i.exec(origin) ?? [];
  if (host === undefined) return { name: cutVisibly(origin, MOST), host: undefined };
  const port = said ?? USUAL.get(scheme.toLowerCase());
  return { name: cutVisibly(port === undefined || port === '443' ? host : `${host}:${port}`, MOST), host };
}

/** The editor's own models have an origin of their own scheme (node/models/editorModel.ts). */
export function isOfEditor(origin: string): boolean {
  return origin.startsWith('vscode-lm:');
}
