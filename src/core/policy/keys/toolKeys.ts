import * as z from 'zod';
import { durationWords } from '../../../shared/outcomeWords.ts';
import { LanguageSchema } from '../values.ts';
import { databaseConnections } from './connectionKeys.ts';
import type { KeyGroup } from './keyGroup.ts';
import { forbiddenPaths, narrowingPaths } from './pathKeys.ts';
import { allowedList, atMost, flag } from './valueKeys.ts';

export const WholeSeconds = z.number().int().min(1).max(86_400);
export const inSeconds = (value: number): string => durationWords(value * 1000);

/** What each kind of tool may do: a part of the table (table.ts). */
export const TOOL_KEYS = {
  fileSystem: flag('tools.file_system.enabled', {
    about: 'Whether the agent has file tools.',
    standard: true,
    stricter: false,
  }),
  allowedPaths: narrowingPaths('tools.file_system.allowed_paths', {
    about:
      'Narrows the workspace to these paths. An entry that covers a workspace folder leaves it whole; one inside narrows it. It never widens.',
  }),
  deniedPaths: forbiddenPaths('tools.file_system.denied_paths', {
    about:
      'Paths that no tool may touch: not read, list, search, edit, not by commands. No click approves it. A name without a slash binds at any depth; `./x` is at the top of the workspace, `/x` and `~/x` are on the machine.',
  }),
  codeExecution: flag('tools.code_execution.enabled', {
    about: 'Whether the agent may run commands.',
    standard: true,
    stricter: false,
  }),
  languages: allowedList('tools.code_execution.languages', {
    about:
      'What may be run. Without bash there is no run_command tool, and run_code takes those of python and javascript that are listed. A command may still start an interpreter: rules about commands speak of those.',
    schema: z.array(LanguageSchema).max(3),
    standard: ['python', 'javascript', 'bash'],
  }),
  codeTimeoutSeconds: atMost('tools.code_execution.timeout', {
    about: 'Seconds that one command may take. One that may go on in the background hands back then.',
    schema: WholeSeconds,
    words: inSeconds,
    standard: 120,
  }),
  backgroundSeconds: atMost('tools.code_execution.background_timeout', {
    about:
      'Seconds that a command may go on in the background, beside other calls and never beyond its run. In a file that has only `timeout`, that is the end of these too.',
    schema: WholeSeconds,
    words: inSeconds,
    standard: 600,
    spokenOfBy: 'tools.code_execution.timeout',
  }),
  webBrowsing: flag('tools.web_browsing.enabled', {
    about:
      'Whether the agent may fetch web pages (fetch_page). Those of hosts in allowed_domains are fetched without a question, those of others ask.',
    standard: false,
    stricter: false,
  }),
  webReview: flag('tools.web_browsing.review_replies', {
    about:
      'Whether you see what came back before the model does: a page is fetched then, and a question of its own, each time, shows it to you as the model would read it.',
    standard: false,
    stricter: true,
  }),
  apiCalls: flag('tools.api_calls.enabled', {
    about: 'Whether the agent may send HTTP requests (http_request); to which hosts, says allowed_domains.',
    standard: false,
    stricter: false,
  }),
  apiConfirmation: flag('tools.api_calls.require_confirmation', {
    about:
      'Whether requests to allowed hosts ask, too. With false, GET, HEAD and OPTIONS to hosts in allowed_domains are sent without a question.',
    standard: true,
    stricter: true,
  }),
  connections: databaseConnections('database.connections', {
    about:
      'PostgreSQL databases that the agent may ask: each with name, host, database and user; port, tls, access and password_variable where they are not the usual ones. Only the user’s and the organization’s policy can name one; a workspace may only leave some out. The password is kept in the editor’s secret storage (Oversign: Set Database Password), or in the environment variable that password_variable names.',
  }),
  databases: flag('tools.database.enabled', {
    about:
      'Whether the agent may ask databases: SQLite files of the workspace, and what database.connections names. Every read asks, once for a run if you say so; every write asks each time.',
    standard: true,
    stricter: false,
  }),
} satisfies KeyGroup;
