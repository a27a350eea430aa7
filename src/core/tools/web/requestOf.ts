import type { HttpRequest } from '../../../shared/action.ts';
import { named } from '../../../shared/named.ts';
import { targetOf } from '../../egress/hostDecision.ts';
import { ToolFailure } from '../../outcome.ts';
import { isReference, speaksOfSecret } from '../../secrets/namedSecret.ts';
import { A_MASK } from '../../redaction/placeholder.ts';
import type { Redactor } from '../../redaction/redactor.ts';

/** What a call asks to be sent. */
export interface Asked {
  method: HttpRequest['method'];
  url: string;
  headers: readonly string[];
  body?: string;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/; // RFC 9110, 5.6.2
const VALUE = /^[\t\x20-\x7e]*$/;
/** Said by the connection itself; another host or length than the real one would be one that nobody decided about. */
const OWN_HEADERS =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|accept-encoding|via|forwarded|x-forwarded-.*|proxy-.*)$/i;
const MOST_HEADERS = 50;
const MOST_IN_HEADERS = 16_384;

/** The request exactly as it will be sent, or a `ToolFailure` that says what is wrong with it. */
export function requestOf({ method, url: written, headers, body }: Asked, redactor: Redactor): HttpRequest {
  const { url, host, port } = addressOf(written);
  if (body !== undefined && body !== '' && ['GET', 'HEAD'].includes(method))
    throw new ToolFailure(`a ${method} request has no body; use another method, or leave it out`);
  const all = headersOf(headers);
  const text = [`${method} ${url}`, ...all, '', body ?? ''].join('\n');
  if (text.search(A_MASK) !== -1)
    throw new ToolFailure(
      'it holds a mask that stands for a secret; one that the policy names is written as {{secret:NAME}}, in a header',
    );
  if (isReference(`${url}\n${body ?? ''}`) || speaksOfSecret(text))
    throw new ToolFailure('a secret is put into the value of a header alone, as {{secret:NAME}}');
  const { masked } = redactor.mask(text);
  return { method, url, host, port, headers: all, ...(body !== undefined && { body }), secrets: masked };
}

function addressOf(written: string): Pick<HttpRequest, 'url' | 'host' | 'port'> {
  // Parsers drop line ends and tabs inside, and blanks around.
  if (/[\s\p{Cc}]/u.test(written) || !/^https?:\/\//i.test(written) || !URL.canParse(written))
    throw new ToolFailure(`${named(written)} is no web address such as https://example.com/path`);
  const url = new URL(written);
  if (url.username !== '' || url.password !== '')
    throw new ToolFailure('the address holds a user name or password; leave them out');
  const target = targetOf(url);
  if (!target) throw new ToolFailure(`${named(url.hostname)} is no host`);
  const { host, port } = target;
  const origin = `${url.protocol}//${host}${url.port === '' ? '' : `:${port}`}`;
  return { url: `${origin}${url.pathname}${url.search}`, host, port };
}

function headersOf(lines: readonly string[]): string[] {
  const all = lines.map(headerOf);
  const names = new Set(all.map(({ name }) => name.toLowerCase()));
  if (names.size < all.length) throw new ToolFailure('two headers have one name');
  if (all.length > MOST_HEADERS || lines.join('').length > MOST_IN_HEADERS)
    throw new ToolFailure(
      `it has more headers than ${MOST_HEADERS}, or they are longer than ${MOST_IN_HEADERS} characters`,
    );
  return all.map(({ name, value }) => `${name}: ${value}`);
}

function headerOf(line: string): { name: string; value: string } {
  const at = line.indexOf(':', 1);
  const [name, value] = [line.slice(0, Math.max(at, 0)), line.slice(at + 1).trim()];
  if (!TOKEN.test(name) || !VALUE.test(line.slice(at + 1)))
    throw new ToolFailure(`${named(line)} is no header such as ${named('accept: text/plain')}`);
  if (OWN_HEADERS.test(name)) throw new ToolFailure(`the header ${named(name)} is set by the connection; leave it out`);
  return { name, value };
}
