import { checkBaseUrl } from '../../egress/door.ts';

/** Where the audit log is exported to. */
export interface OtlpTarget {
  /** The collector's base address, such as http://127.0.0.1:4318, or the whole one that ends in /v1/logs. */
  endpoint: string;
  /** What gives access; the values are never shown. */
  headers?: Record<string, string>;
  /** Whether texts, names, paths and output go along, which can hold anything that a run has seen. */
  payloads: boolean;
}

const PATH = '/v1/logs';

export type CheckedTarget = { ok: true; url: string; headers: Headers } | { ok: false; problem: string };

/** The address that logs go to (OTLP/HTTP) and the headers; the problem is a sentence without any secret in it. */
export function checkTarget({ endpoint, headers = {} }: OtlpTarget): CheckedTarget {
  // Looked for before anything is quoted.
  if (/^[^/]*\/\/[^/]*@/.test(endpoint))
    return wrong('the address holds a user name or password; give what allows access as a header');
  const base = checkBaseUrl(endpoint);
  if (!base.ok) return wrong(base.problem);
  const checked = new Headers();
  for (const [name, value] of Object.entries(headers))
    try {
      checked.append(name, value);
    } catch {
      // The error itself quotes the value.
      return wrong(`the header ${JSON.stringify(name)} has a name or a value that HTTP does not allow`);
    }
  const { href } = new URL(base.url);
  const url = href.replace(/\/+$/, '');
  return { ok: true, url: url.endsWith(PATH) ? url : url + PATH, headers: checked };
}

function wrong(problem: string): CheckedTarget {
  return { ok: false, problem: `The audit log is not exported: ${problem}.` };
}
