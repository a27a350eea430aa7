import { mergePolicies } from '../../src/core/policy/merge.ts';
import { parsePolicy } from '../../src/core/policy/parse.ts';
import { scopeOf } from '../../src/core/policy/scopeOf.ts';
import { Redactor } from '../../src/core/redaction/redactor.ts';
import { findFiles } from '../../src/core/tools/files/findFiles.ts';
import { searchFiles } from '../../src/core/tools/files/searchFiles.ts';
import type { TextSearch } from '../../src/core/tools/textSearch.ts';
import { GuessedEncodings } from '../../src/node/files/encodings.ts';
import { RootedFiles } from '../../src/node/files/rootedFiles.ts';
import { ThreadSearch } from '../../src/node/search/threadSearch.ts';

interface Looking {
  /** The text of a call's result. */
  call(tool: 'search_files' | 'find_files', args: object): Promise<string>;
}

/** The tools that look for something, over a real folder under the default policy, as the gate calls them. */
export function toolsOver(folder: string, textSearch: TextSearch = new ThreadSearch()): Looking {
  const parsed = parsePolicy('', 'policy.yaml', 'user');
  if (!parsed.ok) throw new Error('an empty policy is invalid');
  const policy = mergePolicies([parsed.parsed]);
  const scope = scopeOf(policy, [folder], '/home/user', ['/home/user/.local/share/oversign']);
  const files = new RootedFiles(() => scope, []);
  const ports = {
    ...{ folder, goesTo: () => '', redactor: new Redactor() },
    ...{ textSearch, encodings: new GuessedEncodings() },
  };
  const tools = { search_files: searchFiles(ports), find_files: findFiles(ports) };
  return {
    async call(tool, args) {
      const use = tools[tool].read(JSON.stringify(args));
      if (!use.ok) throw new Error(use.problem);
      const context = { signal: new AbortController().signal, files, scope, policy };
      return (await (await use.call.describe(context)).perform(context)).text;
    },
  };
}
