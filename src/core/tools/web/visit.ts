import type { HttpRequest } from '../../../shared/action.ts';
import { cutVisibly } from '../../../shared/cut.ts';
import { sentence } from '../../../shared/named.ts';
import { hostDecision, shownHost, targetOf } from '../../egress/hostDecision.ts';
import type { HttpPort, HttpReply } from '../../egress/http.ts';
import type { HostRules } from '../../egress/hostRules.ts';
import { addressDenial } from '../../egress/judgeAddress.ts';
import type { PermitSending } from '../../egress/port.ts';
import { ToolFailure } from '../../outcome.ts';
import type { Pages } from '../../egress/pages.ts';
import { robotsAllow } from './robots.ts';

const MOST_REDIRECTS = 5;
const MOST_PAGE = 2 * 1024 ** 2;
const MOST_ROBOTS = 512 * 1024; // RFC 9309, 2.5
const MOST_ORIGINS = 200;

/** What a page is fetched through, and under which policy. */
export interface Visiting {
  http: HttpPort;
  pages: Pages;
  rules: HostRules;
  permit: PermitSending;
  signal: AbortSignal;
  /** An address that the page's host led on to, as it would be asked for; throws `ToolFailure` where it is none. */
  requestTo: (url: string) => HttpRequest;
}

/** What came back at last; or, of a redirect that was not followed, where it leads and why it was not. */
export interface Visited {
  reply: HttpReply;
  /** The last request. */
  request: HttpRequest;
  /** The addresses that led there, first to last. */
  over: string[];
  notFollowed: string | undefined;
}

/**
 * Fetches pages for one run. What a host asks of programs (robots.txt) is read once, before its first page, and heeded.
 * A redirect is followed on the host that was decided about, from http to https too, and to hosts that the policy allows;
 * to others, it is told: nobody was asked about them.
 */
export class Visits {
  /** What each origin asks of programs; undefined where that could not be read. */
  readonly #robots = new Map<string, Promise<string | undefined>>();

  async visit(request: HttpRequest, robots: 'heeded' | 'passed over', visiting: Visiting): Promise<Visited> {
    const over: string[] = [];
    let asked = request;
    for (;;) {
      const reply = await this.#reply(asked, robots, visiting);
      const to = redirect(reply, asked);
      if (to === undefined) return { reply, request: asked, over, notFollowed: undefined };
      const next = followed(to, asked, visiting);
      if ('because' in next || over.length >= MOST_REDIRECTS) {
        const because = 'because' in next ? next.because : `It was led on ${MOST_REDIRECTS} times already.`;
        const where = cutVisibly(to, 500);
        return {
          reply,
          request: asked,
          over,
          notFollowed: `It leads on to ${where}. Nothing was fetched there. ${because}`,
        };
      }
      over.push(asked.url);
      asked = next;
    }
  }

  #reply(request: HttpRequest, robots: 'heeded' | 'passed over', visiting: Visiting): Promise<HttpReply> {
    const work = async (): Promise<HttpReply> => {
      if (robots === 'heeded') await this.#assertWelcome(request, visiting);
      return sent(request, visiting, MOST_PAGE);
    };
    return visiting.pages.inTurn(shownHost(request), work, visiting.signal);
  }

  async #assertWelcome({ url: written, host }: HttpRequest, visiting: Visiting): Promise<void> {
    const url = new URL(written);
    const known = this.#robots.get(url.origin);
    const reading = known ?? readRobots(url, visiting);
    if (!known) {
      if (this.#robots.size >= MOST_ORIGINS) this.#robots.clear();
      this.#robots.set(url.origin, reading);
      // What could not be read is asked for again with the next page.
      const forget = (): void => {
        this.#robots.delete(url.origin);
      };
      reading.then((text) => {
        if (text === undefined) forget();
      }, forget);
    }
    const text = await reading;
    const despite = 'If the person wants it all the same, call again with despite_robots: true; they are asked then';
    if (text === undefined)
      throw new ToolFailure(
        `what ${host} asks of programs (robots.txt) could not be read, so the page was not fetched. ${despite}`,
      );
    if (!robotsAllow(text, `${url.pathname}${url.search}`))
      throw new ToolFailure(
        `${host} asks programs not to fetch this page (robots.txt), so it was not fetched. ${despite}`,
      );
  }
}

/** A host without the file asks for nothing; one that fails to give it may ask for everything (RFC 9309, 2.3.1). */
async function readRobots(page: URL, visiting: Visiting): Promise<string | undefined> {
  let request = visiting.requestTo(`${page.origin}/robots.txt`);
  for (let redirects = 0; ; redirects += 1) {
    const reply = await sent(request, visiting, MOST_ROBOTS);
    const to = redirect(reply, request);
    if (to === undefined) {
      if (reply.status >= 500 || reply.status === 429) return undefined;
      return reply.status >= 200 && reply.status < 300 ? new TextDecoder().decode(reply.body) : '';
    }
    const next = followed(to, request, visiting);
    if ('because' in next || redirects >= MOST_REDIRECTS) return '';
    request = next;
  }
}

function sent(request: HttpRequest, { http, rules, permit, signal }: Visiting, most: number): Promise<HttpReply> {
  const { host, port } = request;
  return http.send(request, {
    judge: (address, own) => addressDenial({ host, port }, address, { rules, own }),
    ...{ permit, signal, most },
  });
}

/** Where a reply leads on to; undefined where it leads nowhere. */
function redirect({ status, headers }: HttpReply, { url }: HttpRequest): string | undefined {
  const location = headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined;
  return URL.canParse(location, url) ? new URL(location, url).href : location;
}

function followed(to: string, from: HttpRequest, { rules, requestTo }: Visiting): HttpRequest | { because: string } {
  const target = URL.canParse(to) ? targetOf(new URL(to)) : undefined;
  if (!target) return { because: 'That is no web address.' };
  const { verdict, reason } = hostDecision(target, rules);
  if (verdict === 'deny') return { because: `That is not allowed: ${sentence(reason)}` };
  if (verdict === 'ask' && !isSamePlace(new URL(to), new URL(from.url)))
    return { because: 'To follow it, call this tool with that address; it is decided anew.' };
  try {
    return requestTo(to);
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error;
    return { because: `That is nothing to be fetched: ${sentence(error.message)}` };
  }
}

/** The host that was decided about: as it was asked, or encrypted where it was not. */
function isSamePlace(to: URL, from: URL): boolean {
  if (to.origin === from.origin) return true;
  return (
    to.hostname === from.hostname && from.protocol === 'http:' && to.protocol === 'https:' && from.port + to.port === ''
  );
}
