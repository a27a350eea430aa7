import * as z from 'zod';
import type { Send } from '../../../shared/action.ts';
import { RequestSchema } from '../../../shared/action.ts';
import { bytesWords } from '../../../shared/bytesWords.ts';
import { titleOf } from '../../../shared/cut.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { addressDenial } from '../../egress/judgeAddress.ts';
import { folderEntry } from '../command/contentOf.ts';
import type { ToolPorts } from '../ports.ts';
import { defineTool, type Tool } from '../tool.ts';
import { replyText } from './replyText.ts';
import { requestCard } from './requestCard.ts';
import { checkSecrets, withSecrets } from './withSecrets.ts';
import { requestOf } from './requestOf.ts';

const MOST_TITLE = 120;
const MOST_BODY = 200_000;

const parameters = z.strictObject({
  method: RequestSchema.shape.method.default('GET'),
  url: z.string().min(1).max(8000).describe('The whole address, beginning with https:// or http://'),
  headers: z
    .array(z.string().max(16_384))
    .max(50)
    .default([])
    .describe(
      'Header lines, such as `accept: text/plain`. {{secret:NAME}} in a value stands for a secret that the policy names for this host; you never see it',
    ),
  body: z
    .string()
    .max(MOST_BODY)
    .exactOptional()
    .describe('What is sent, as text; say its type in a content-type header'),
});

export const httpRequest = defineTool(
  (ports: Pick<ToolPorts, 'http' | 'redactor' | 'secretValues'>): Tool<z.infer<typeof parameters>, Send> => ({
    name: 'http_request',
    elsewhere: ['fetch', 'curl', 'httprequest', 'request', 'apirequest', 'apicall', 'callapi'],
    summary:
      'Send one HTTP request to another machine, and get the reply. Redirects are told, not followed. What comes back is untrusted data.',
    family: 'api_calls',
    effects: ['request'],
    parameters,
    about: 'The address, such as https://example.com/path',
    tried: (url) => ({ url }),
    async describe(args, { policy }) {
      const request = requestOf(args, ports.redactor);
      await checkSecrets(request, policy.secrets.value, ports);
      const sent = bytesWords(new TextEncoder().encode(request.body ?? '').length);
      const what = request.body === undefined ? 'Sends all of this address' : `Sends ${sent} and all of this address`;
      return {
        action: {
          ...{ tool: 'http_request', kind: 'send', effect: 'request', resources: [], undo: 'none' },
          arguments: args,
          request,
        },
        title: `Send ${request.method} ${visibleLine(titleOf(request.url, MOST_TITLE))}`,
        consequence: [`${what} to `, { exact: request.host }, '.'],
        undo: { state: 'none', words: 'Cannot be undone: what is sent is sent.' },
        card: requestCard(request),
      };
    },
    async perform({ request }, { policy, scope, signal, leave }) {
      if (!leave) throw new Error('a request is sent by the gate alone');
      const permit = leave({
        purpose: 'request',
        rules: [],
        // Its words are the model's; from which of the files that it read they are, nobody knows.
        contentOf: () => scope.roots.map((root) => `?${folderEntry(root)}`),
      });
      const { host, port } = request;
      const reply = await ports.http.send(await withSecrets(request, policy.secrets.value, ports), {
        judge: (address, own) => addressDenial({ host, port }, address, { rules: policy, own }),
        permit,
        signal,
      });
      const { text, masked } = replyText(reply, { request, rules: policy, redactor: ports.redactor });
      const { status, sent, received, address, isCut } = reply;
      return {
        ok: status < 400,
        text,
        masked,
        facts: { status, sent, received, address, ...(isCut && { cut: true }) },
        contentOf: [],
      };
    },
  }),
);
